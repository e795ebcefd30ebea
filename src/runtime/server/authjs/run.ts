import { Auth, raw, skipCSRFCheck } from '@auth/core'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, AuthResult } from '../../shared/types'
import type { Action } from '../http/actions'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { toOwnChunks } from '../http/cookies'
import { toAnswer, toReply } from './answer'
import { toAuthRequest } from './request'
import { watchCallbacks } from './callbacks'
import type { Watch } from './callbacks'
import { createErrorLogger } from './error-log'
import { getFederatedClaim, isFederated, resolveEndSessionUrl } from './federated'
import { clearFlowCookies, toFaultAnswer, toFlowQuery, toRedirect } from './flow'
import { resumeFlow, sealFlow, toFlowCookies } from './flow-cookie'
import type { ResumedFlow } from './flow-cookie'
import { logWarning } from '../log'
import { decideFailure, toFailed } from './outcome'
import { startDatabaseRun } from './database-run'
import type { RequestConfig } from '../config/load'
import { isOAuth } from '../config/providers'
import { LazyFlow, guardOAuthProviders } from '../providers/oauth'
import { createProviderClient } from '../providers/client'
import type { Flow } from '../providers/oauth'
import { guardCredentials } from '../providers/authorize'
import type { Refusal } from '../providers/authorize'
import { isFormPost, labelProviders, requireProviderKeys, withPlaceholderIssuers } from '../providers/settings'
import { toQuery, toSearch } from '../http/request'
import type { RequestParts } from '../http/request'
import { adoptSession } from '../session/session'
import { toIncompleteSignOut, toRevokingEvents } from '../revocation/sign-out'
import type { SignOutFailure } from '../revocation/sign-out'

/** One request on its way to Auth.js. */
export interface Run {
  event: AuthEvent
  config: RequestConfig
  parts: RequestParts
  action: Action
  fields: Record<string, unknown> | undefined
  /** The form's CSRF token was this browser's, and its sender no other site. */
  isVerified: boolean
}

/** Hands the request to Auth.js. Its own chunk: loaded on the first sign-in or sign-out, never by a page. */
export async function runAuth(asked: Run): Promise<Answer> {
  const { event, config, parts, action, fields, isVerified } = asked
  const refusal: Refusal = {}
  const watch: Watch = {}
  const query = toQuery(parts.path)
  const flow = new LazyFlow(import.meta.dev === true, fields?.error ?? query.get('error'))
  const ending: SignOutFailure = {}
  const isScript = parts.headers.has('x-auth-return-redirect')
  const run = config.session.strategy === 'database' ? startDatabaseRun(event, config, action.name) : undefined
  // `as`, or TypeScript forgets which symbol it is.
  const own = Object.assign({}, config, run?.config, { raw: raw as typeof raw, logger: { warn: logAuthWarning, ...config.logger, ...(!config.debug && { debug: undefined }), error: createErrorLogger(config, { flow, watch, refusal, provider: action.provider }) } })
  // Auth.js would hash the token again, slowly.
  if (isVerified) own.skipCSRFCheck = skipCSRFCheck
  const provider = config.providers.find(({ id }) => id === action.provider)
  const isFlow = isOAuth(provider)
  own.callbacks = watchCallbacks(config, action, provider, watch)
  if (provider && isFlow) requireProviderKeys(provider, file, flow.isDev)
  const endSession = action.name === 'signout' && isFederated(fields) ? await findEndSession(event, config, flow) : undefined
  if (config.session.strategy === 'jwt') own.events = toRevokingEvents(event, config, ending)
  own.providers = guardOAuthProviders(guardCredentials(withPlaceholderIssuers(config.providers, action.provider), refusal), flow)

  if (provider && isFlow) own.cookies = toFlowCookies(provider, config)

  const isBack = isFlow && action.name === 'callback'
  const resumed = isBack ? await resumeFlow(asked, parts.headers, isFormPost(provider) ? fields?.state : toFlowQuery(action, query).get('state')) : undefined
  if (resumed?.fault) own.logger.error(resumed.fault)
  const reply = resumed?.fault ? toFaultAnswer(config) : await toAnswer(await Auth(toRunRequest(asked, isFlow, resumed), own), config, own.logger.error)
  const answered = { ...reply, cookies: toOwnChunks(event, config.cookies.sessionToken, reply.cookies) }
  const what = action.provider ? `The sign-in of provider \`${action.provider}\`` : `\`${action.name}\``
  if (answered.status >= 500) throw new NuxtAuthError('AUTH_R003', { what })
  if (ending.cause) return toIncompleteSignOut(ending, answered, isScript)
  const ended = run ? await run.finish(answered) : answered
  // A sign-out that the database did not take says so itself.
  if (ended.status === 503) return ended
  const sealed = provider && isFlow && action.name === 'signin' ? await sealFlow(asked, provider, ended) : ended
  if (isBack) clearFlowCookies(event, config, ended)
  const failure = decideFailure({ config, action, isFlow, hasFailed: answered.hasFailed === true, flow, watch, refusal }, sealed)
  const led = failure ? toFailed(failure, sealed, config) : endSession ? await endSession(sealed) : sealed
  const answer = watch.isForeign ? withoutCallbackUrl(led, config) : led
  if (action.name === 'providers') return labelBody(answer)
  if (!isScript || !fields || answer.redirect === undefined) return toReply(answer, isScript)
  const result = toResult(answer, answer.redirect, watch.isForeign === true)
  // A sign-in that is complete says who it is: no second request for that.
  const session = result.ok && action.name === 'callback' ? await adoptSession(event, toSent(answer)) : undefined
  const { location: _, ...kept } = answer.headers
  const { status } = result
  return toJson(session === undefined ? result : Object.assign({}, result, { session }), { status, headers: { ...kept, ...(status === 503 && { 'retry-after': '5' }) }, cookies: answer.cookies })
}

/** The request that Auth.js gets. It reads no more of it than this has, and a web Request costs more than all of that. */
function toRunRequest({ config, parts, action, fields }: Run, isFlow: boolean, resumed?: ResumedFlow): Request {
  const query = toQuery(parts.path)
  const kept = isFlow ? toFlowQuery(action, query, config.authorizationParams, resumed?.callbackUrl) : query
  const path = `${config.basePath}/${[action.name, action.provider].filter(Boolean).join('/')}${toSearch(kept)}`
  const { headers = parts.headers, callbackUrl } = resumed ?? {}
  const own = fields && callbackUrl !== undefined ? { ...fields, callbackUrl } : fields
  return toAuthRequest({ ...parts, headers }, config, path, own) as unknown as Request
}

/** What leads a signed-out visitor on to the provider that his session began at. Undefined where there is nothing to end. */
async function findEndSession(event: AuthEvent, config: RequestConfig, flow: Flow): Promise<((answer: Answer) => Promise<Answer>) | undefined> {
  const claim = await getFederatedClaim(event, config)
  const provider = claim && config.providers.filter(isOAuth).find(({ id }) => id === claim.provider)
  if (!provider) return undefined
  const client = createProviderClient(provider, flow)
  return async (answer) => {
    const { redirect: target } = answer
    const returnTo = new URL(target ?? config.home, config.origin).href
    const url = await resolveEndSessionUrl(claim, provider, config.federatedSignOut ?? false, client, flow.isDev, returnTo)
    return target && url ? toRedirect(answer, url) : answer
  }
}

/** The list of providers, with names that can be told apart. */
function labelBody({ body, ...answer }: Answer): Answer {
  const listed = Object.values((body ?? {}) as Record<string, { id: string, name: string }>)
  const labels = labelProviders(listed)
  return { ...answer, body: Object.fromEntries(listed.map(entry => [entry.id, { ...entry, name: labels.get(entry.id) }])) }
}

/** Auth.js answers a script with 200 and a URL, whatever happened. This says what happened. */
function toResult({ failure }: Answer, url: string, isForeign: boolean): AuthResult {
  const own = isForeign || failure?.url !== undefined ? { redirect: true as const } : {}
  if (!failure) return { ok: true, status: 200, url, error: null, code: null, ...own }
  const { status, error, code = null, issues } = failure
  return { ok: false, status, url, error, code, ...(issues && { issues }), ...own }
}

/** Without the cookie in which Auth.js keeps where a visitor goes: only paths of this app are read from it. */
function withoutCallbackUrl({ cookies, ...answer }: Answer, config: RequestConfig): Answer {
  const { name } = config.cookies.callbackUrl
  return { ...answer, cookies: cookies?.filter(cookie => cookie.name !== name) }
}

/** The cookies that an answer sets, as the next request would bring them. */
function toSent({ cookies = [] }: Answer): Record<string, string> {
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
}

// That passkeys are experimental is in the docs; Auth.js says so at every request.
function logAuthWarning(code: string): void {
  if (code !== 'experimental-webauthn') logWarning(code)
}
