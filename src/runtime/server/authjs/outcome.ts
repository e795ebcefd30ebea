import type { AuthResult } from '../../shared/types'
import type { Issue } from '../callbacks/validation'
import type { RequestConfig } from '../config/load'
import type { Action } from '../http/actions'
import { statuses } from '../http/actions'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { isChunkOf } from '../http/cookies'
import type { Fault } from './callbacks'
import { logSignInRefusal } from './error-log'
import type { RunNotes } from './error-log'
import { isAllowedTarget, resolveFlowError } from './flow'
import type { Run } from './run'

/** Why a sign-in or sign-out failed, and the page that shows it. */
export interface Failure {
  /** The error's name in the page's query, such as `CredentialsSignin`. */
  error: string
  status: number
  code?: string
  issues?: Issue[]
  page: 'signIn' | 'error'
  /** The page that `callbacks.signIn` chose for this user, instead of `page`. */
  url?: string
}

/** A run of Auth.js that has ended. */
export interface EndedRun extends Omit<RunNotes, 'provider'> {
  config: RequestConfig
  action: Action
  /** True for an OAuth provider. */
  isFlow: boolean
  /** True if Auth.js ended with an error, which is the last one in `flow`. */
  hasFailed: boolean
}

/**
 * Decides whether a request to Auth.js succeeded: by the errors that Auth.js reported, the results of the definition's
 * callbacks and the cookies of the answer, never by the redirect target, which the client may have chosen. Undefined
 * for a success.
 */
export function decideFailure(run: EndedRun, answer: Answer): Failure | undefined {
  const { config, action, isFlow, hasFailed, flow, callbacks } = run
  if (hasFailed) return toFailure(run)
  if (isFlow && !callbacks.isForeign && !isAllowedTarget(answer.redirect, config, flow)) {
    return { error: 'Configuration', status: 503, page: 'error' }
  }
  // A redirect proxy passes the answer on to the deployment that started the flow, which sets the session.
  if (action.name !== 'callback' || config.redirectProxyUrl) return undefined
  if (hasSession(answer, config.cookies.sessionToken.name)) return undefined
  if (flow.error !== undefined) return toFailure(run)
  logSignInRefusal('AccessDenied', action.provider, 'callbacks.jwt returned null')
  return { error: 'AccessDenied', status: 403, page: 'error' }
}

function hasSession({ cookies = [] }: Answer, name: string): boolean {
  return cookies.some(cookie => isChunkOf(cookie.name, name) && cookie.value !== '')
}

function toFailure({ isFlow, flow, callbacks, refusal }: EndedRun): Failure {
  if (callbacks.page !== undefined) return { error: 'AccessDenied', status: 403, page: 'error', url: callbacks.page }
  if (callbacks.fault) return toFaultFailure(callbacks.fault, isFlow)
  const flowError = isFlow ? resolveFlowError(flow.error, flow.answered) : undefined
  if (flowError) {
    const page = flowError === 'Configuration' ? 'error' : 'signIn'
    return { error: flowError, status: statuses[flowError] ?? 503, page }
  }
  // Auth.js's errors, which it does not export as one type.
  const { type = '', kind, code } = (flow.error ?? {}) as { type?: string, kind?: string, code?: string }
  const page = kind === 'signIn' ? 'signIn' : 'error'
  const status = Object.hasOwn(statuses, type) ? statuses[type] : undefined
  if (status === undefined) return { error: 'Configuration', status: 503, page }
  if (type !== 'CredentialsSignin') return { error: type, status, page }
  const { issues } = refusal
  return { error: type, status: refusal.status ?? status, page, code, ...(issues && { issues }) }
}

function toFaultFailure({ kind, status, code }: Fault, isFlow: boolean): Failure {
  if (kind !== 'outage') return { error: 'AccessDenied', status, page: 'error', code }
  return { error: isFlow ? 'Unavailable' : 'Configuration', status: 503, page: isFlow ? 'signIn' : 'error' }
}

type Pages = Pick<RequestConfig, 'origin' | 'basePath' | 'pages'>

/** The answer of a failed run: a redirect to the page of `failure`, with the error in its query. */
export function toFailed(failure: Failure, answer: Answer, config: Pages): Answer {
  const { error } = failure
  const redirect = failure.url === undefined ? toErrorUrl(failure, config) : new URL(failure.url, config.origin).href
  const { location: _, ...headers } = answer.headers
  const retry: Record<string, string> = error === 'Unavailable' ? { 'retry-after': '5' } : {}
  return { ...answer, status: 302, headers: { ...headers, ...retry }, redirect, failure }
}

/** The definition's page for an error, or this module's default page. */
function toErrorUrl({ error, code, page }: Failure, { origin, basePath, pages }: Pages): string {
  const url = new URL(pages?.[page] ?? `${basePath}/${page.toLowerCase()}`, origin)
  url.searchParams.set('error', error)
  if (code) url.searchParams.set('code', code)
  return url.href
}

/** A sign-in that is refused before Auth.js sees it. */
export interface SignInRefusal { status: number, error: string, code?: string }

/** Refuses a sign-in: a script gets a result, a form a redirect to the sign-in page, a link one to the error page. */
export function refuseSignIn({ config, parts, action }: Run, { status, error, code }: SignInRefusal): Answer {
  const failure: Failure = { status, error, code, page: error === 'Verification' ? 'error' : 'signIn' }
  const url = toErrorUrl(failure, config)
  logSignInRefusal(error, action.provider, code ?? '')
  if (!parts.headers.has('x-auth-return-redirect')) return { status: 302, headers: { location: url }, failure }
  return toJson({ ok: false, status, url, error, code: code ?? null } satisfies AuthResult, { status })
}
