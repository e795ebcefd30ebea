import { Auth, setEnvDefaults, skipCSRFCheck } from '@auth/core'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import type { AuthEvent, AuthResult } from '../shared/types'
import { statuses } from './actions'
import type { Action } from './actions'
import { toAuthRequest } from './auth-request'
import { getEnvironment } from './environment'
import { getFederatedClaim, isFederated, resolveEndSessionUrl } from './federated'
import { finishFlow, logFlowError, readTarget, toFlowSearch, toRedirect } from './flow'
import { toLinkHeaders } from './link'
import { logError, logRefusal, logWarning } from './log'
import { startDatabaseRun } from './database-run'
import type { RequestConfig } from './definition'
import { createFlow, createProviderClient, guardOAuthProviders } from './oauth'
import type { Flow } from './oauth'
import { copyProviders, findProvider, guardProviders, isOAuth, mergeProvider, requireProviderKeys, separateProviders } from './providers'
import type { Refusal } from './providers'
import type { RequestParts } from './request'
import { adoptSession } from './session'
import { toIncompleteSignOut, toRevokingEvents } from './sign-out'
import type { Ending } from './sign-out'

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
export async function runAuth({ event, config, parts, action, fields, isVerified }: Run): Promise<Response> {
  const refusal: Refusal = {}
  const { search, searchParams } = new URL(parts.path, config.origin)
  const flow = createFlow(import.meta.dev === true, fields?.error ?? searchParams.get('error'))
  const ending: Ending = {}
  const isScript = parts.headers.has('x-auth-return-redirect')
  const run = config.session.strategy === 'database' ? startDatabaseRun(event, config, action.name) : undefined
  const own = { ...config, ...run?.config, providers: copyProviders(config.providers), logger: { warn: logAuthWarning, ...config.logger, ...(!config.debug && { debug: undefined }), error: toErrorLogger(config, flow) } }
  // Auth.js would hash the token again, slowly.
  if (isVerified) own.skipCSRFCheck = skipCSRFCheck
  setEnvDefaults(getEnvironment(event).variables, own, true)
  if (action.provider) requireProviderKeys(own.providers, action.provider, file, flow.isDev)
  const endSession = action.name === 'signout' && isFederated(fields) ? await findEndSession(event, config, own.providers, flow) : undefined
  if (config.session.strategy === 'jwt') own.events = toRevokingEvents(event, config, ending)
  own.providers = guardOAuthProviders(guardProviders(separateProviders(own.providers, action.provider), refusal), flow)

  const isFlow = isOAuth(findProvider(own.providers, action.provider))
  const path = `${config.basePath}/${[action.name, action.provider].filter(Boolean).join('/')}${isFlow ? toFlowSearch(action, search, config.authorizationParams) : search}`
  const headers = isFlow ? toLinkHeaders(event, config, action, parts.headers, fields) : parts.headers
  const answered = await Auth(toAuthRequest({ ...parts, headers }, config, path, fields), own)
  if (answered.status >= 500) throw new NuxtAuthError('AUTH_R003', { provider: action.provider ?? action.name })
  if (ending.cause) return toIncompleteSignOut(ending, answered, isScript)
  const ended = run ? await run.finish(answered) : answered
  // A sign-out that the database did not take says so itself.
  if (ended.status === 503) return ended
  const response = isFlow ? await finishFlow({ event, config, action, flow }, ended) : endSession ? await endSession(ended) : ended
  if (!isScript || !fields) return response
  const result = await toResult(response, config.origin, refusal)
  // A sign-in that is complete says who it is: no second request for that.
  const session = result.ok && action.name === 'callback' ? await adoptSession(event, getCookies(response)) : undefined
  const answer = new Headers(response.headers)
  answer.delete('location')
  if (result.status === 503) answer.set('retry-after', '5')
  return Response.json(session === undefined ? result : { ...result, session }, { status: result.status, headers: answer })
}

/** What leads a signed-out visitor on to the provider that his session began at. Undefined where there is nothing to end. */
async function findEndSession(event: AuthEvent, config: RequestConfig, providers: RequestConfig['providers'], flow: Flow): Promise<((response: Response) => Promise<Response>) | undefined> {
  const claim = await getFederatedClaim(event, config)
  const provider = claim && providers.filter(entry => typeof entry !== 'function').find(entry => mergeProvider(entry).id === claim.provider)
  if (!provider || !isOAuth(provider)) return undefined
  const { fetch, getMetadata } = createProviderClient(provider, flow)
  return async (response) => {
    // Whoever was refused is still signed in, and goes nowhere.
    if (flow.error !== undefined) return response
    const target = await readTarget(response)
    const returnTo = new URL(target ?? config.home, config.origin).href
    const url = await resolveEndSessionUrl(claim, mergeProvider(provider), config.federatedSignOut ?? false, { fetch, getMetadata }, flow.isDev, returnTo)
    return target && url ? toRedirect(response, url) : response
  }
}

/** Auth.js answers a script with 200 and a URL, whatever happened. This says what happened. */
async function toResult(response: Response, origin: string, refusal: Refusal): Promise<AuthResult> {
  const { url } = await response.json() as { url: string }
  const query = new URL(url, origin).searchParams
  const error = query.get('error')
  const status = error === null ? 200 : error === 'CredentialsSignin' ? refusal.status ?? 401 : statuses[error] ?? 503
  return { ok: error === null, status, url, error, code: query.get('code') }
}

/** The cookies that an answer sets, as the next request would bring them. */
function getCookies({ headers }: Response): Record<string, string> {
  return Object.fromEntries(headers.getSetCookie().map(cookie => cookie.split(';', 1)[0]?.split(/=(.*)/s).map(part => decodeURIComponent(part.trim())) ?? []))
}

/** The user's logger or this module's, and a note of what happened. */
function toErrorLogger({ logger }: RequestConfig, flow: Flow): (error: Error) => void {
  return (error) => {
    flow.error = error
    if (logger?.error) logger.error(error)
    else if (!logFlowError(error, flow)) logAuthError(error)
  }
}

/** A wrong password is a line; what the server has to answer for comes with its cause. */
export function logAuthError(error: Error): void {
  const { type = error.name, cause } = error as { type?: string, cause?: { err?: unknown } }
  if (Object.hasOwn(statuses, type)) logRefusal('sign-in refused', { error: type })
  else logError(`${type}: ${error.message}`, cause?.err ?? error)
}

// That passkeys are experimental is in the docs; Auth.js says so at every request.
function logAuthWarning(code: string): void {
  if (code !== 'experimental-webauthn') logWarning(code)
}
