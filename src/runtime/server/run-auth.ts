import { Auth, setEnvDefaults } from '@auth/core'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import type { AuthEvent, AuthResult } from '../shared/types'
import type { Action } from './actions'
import { getEnvironment } from './environment'
import { logError, logRefusal, logWarning } from './log'
import type { RequestConfig } from './definition'
import { guardProviders, requireProviderKeys } from './providers'
import type { Refusal } from './providers'
import { toAuthRequest } from './request'
import type { RequestParts } from './request'
import { adoptSession } from './session'

interface Run {
  event: AuthEvent
  config: RequestConfig
  parts: RequestParts
  action: Action
  fields: Record<string, unknown> | undefined
}

/** HTTP statuses of Auth.js's error names; whatever is not here is the server's trouble, 503. */
const statuses: Record<string, number> = {
  CredentialsSignin: 401,
  AccessDenied: 403,
  MissingCSRF: 403,
  OAuthAccountNotLinked: 403,
  AccountNotLinked: 403,
  Verification: 400,
}

/** Hands the request to Auth.js. Its own chunk: loaded on the first sign-in or sign-out, never by a page. */
export async function runAuth({ event, config, parts, action, fields }: Run): Promise<Response> {
  const refusal: Refusal = {}
  const own = { ...config, logger: { error: logAuthError, warn: logWarning, ...config.logger, ...(!config.debug && { debug: undefined }) } }
  setEnvDefaults(getEnvironment(event).variables, own, true)
  if (action.provider) requireProviderKeys(own.providers, action.provider, file)
  own.providers = guardProviders(own.providers, refusal)

  const path = `${config.basePath}/${[action.name, action.provider].filter(Boolean).join('/')}${new URL(parts.path, config.origin).search}`
  const response = await Auth(toAuthRequest(parts, config, path, fields), own)
  // The page that tells a visitor of a failure is none itself.
  if (action.name === 'error' && response.status >= 500) return new Response(response.body, { status: 503, headers: response.headers })
  if (response.status >= 500) throw new NuxtAuthError('AUTH_R003', { provider: action.provider ?? action.name })
  if (!parts.headers.has('x-auth-return-redirect') || !fields) return response
  const result = await toResult(response, config.origin, refusal)
  // A sign-in that is complete says who it is: no second request for that.
  const session = result.ok && action.name === 'callback' ? await adoptSession(event, getCookies(response)) : undefined
  const headers = new Headers(response.headers)
  headers.delete('location')
  return Response.json(session === undefined ? result : { ...result, session }, { status: result.status, headers })
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

/** A wrong password is a line; what the server has to answer for comes with its cause. */
function logAuthError(error: Error): void {
  const { type = error.name, cause } = error as { type?: string, cause?: { err?: unknown } }
  if (Object.hasOwn(statuses, type)) logRefusal('sign-in refused', { error: type })
  else logError(`${type}: ${error.message}`, cause?.err ?? error)
}
