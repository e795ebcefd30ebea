import { Auth } from '@auth/core'
import type { ResponseInternal } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import type { Action } from '../http/actions'
import type { Answer } from '../http/answer'
import { toOwnChunks } from '../http/cookies'
import type { RequestParts } from '../http/request'
import { toIncompleteSignOut } from '../revocation/sign-out'
import { toAnswer, toClientAnswer, toFailedAnswer } from './answer'
import type { AuthAnswer } from './answer'
import { clearFlowCookies, toRedirect } from './flow'
import { resumeFlow, sealFlow } from './flow-cookie'
import { decideFailure, toFailed } from './outcome'
import { prepareRun } from './prepare'
import type { PreparedRun } from './prepare'
import { toRunRequest } from './request'

/** A request for Auth.js. */
export interface Run {
  event: AuthEvent
  config: RequestConfig
  parts: RequestParts
  action: Action
  fields: Record<string, unknown> | undefined
  /** The form has the CSRF token of this browser, and no other site sent it. */
  isVerified: boolean
}

/**
 * Answers a request with Auth.js. Lazy-loaded with the first sign-in or sign-out, never with a page.
 * Throws AUTH_R003 if Auth.js refuses its config, AUTH_D004 and AUTH_D011 for an incomplete provider.
 */
export async function runAuth(run: Run): Promise<Answer> {
  const prepared = await prepareRun(run)
  const answered = await callAuth(run, prepared)
  return await finishRun(run, prepared, answered)
}

async function callAuth(run: Run, { authConfig, provider, notes, reportError }: PreparedRun): Promise<AuthAnswer> {
  const resumed = provider && run.action.name === 'callback' ? await resumeFlow(run, provider) : undefined
  if (resumed?.fault) {
    reportError(resumed.fault)
    return toFailedAnswer()
  }
  let answered: ResponseInternal | Response
  try {
    answered = await Auth(toRunRequest(run, provider !== undefined, resumed), authConfig)
  }
  catch (error) {
    // Auth.js throws its own errors after it has reported them.
    if (error !== notes.flow.error) throw error
    return toFailedAnswer()
  }
  return await toAnswer(answered, reportError)
}

async function finishRun(run: Run, prepared: PreparedRun, answered: AuthAnswer): Promise<Answer> {
  const { event, config, action, parts } = run
  const { provider, notes, databaseRun, signOutFailure, getEndSessionUrl } = prepared
  if (answered.status >= 500) {
    const what = action.provider ? `The sign-in of provider \`${action.provider}\`` : `\`${action.name}\``
    throw new NuxtAuthError('AUTH_R003', { what })
  }
  const own = { ...answered, cookies: toOwnChunks(event, config.cookies.sessionToken, answered.cookies) }
  if (signOutFailure.cause) return toIncompleteSignOut(signOutFailure, own, parts.headers.has('x-auth-return-redirect'))
  const stored = databaseRun ? await databaseRun.finish(own) : own
  // The database failed to end the session: the answer already says so.
  if (stored.status === 503) return stored
  const sealed = provider && action.name === 'signin' ? await sealFlow(run, provider, stored) : stored
  if (provider && action.name === 'callback') clearFlowCookies(event, config, stored)
  const ended = { ...notes, config, action, isFlow: provider !== undefined, hasFailed: answered.hasFailed === true }
  const failure = decideFailure(ended, sealed)
  const returnTo = new URL(sealed.redirect ?? config.home, config.origin).href
  const endSessionUrl = failure ? undefined : await getEndSessionUrl?.(returnTo)
  const redirected = sealed.redirect && endSessionUrl ? toRedirect(sealed, endSessionUrl) : sealed
  const answer = failure ? toFailed(failure, sealed, config) : redirected
  const isForeign = notes.callbacks.isForeign === true
  return await toClientAnswer(run, isForeign ? withoutCallbackUrl(answer, config) : answer, isForeign)
}

/** Without the cookie in which Auth.js keeps the callback URL: only paths of this app are read from it. */
function withoutCallbackUrl({ cookies, ...answer }: Answer, config: RequestConfig): Answer {
  return { ...answer, cookies: cookies?.filter(({ name }) => name !== config.cookies.callbackUrl.name) }
}
