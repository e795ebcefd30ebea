import { Auth, setEnvDefaults } from '@auth/core'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../shared/errors'
import type { AuthEvent, AuthResult } from '../shared/types'
import type { Action } from './actions'
import { getEnvironment } from './environment'
import { logError, logWarning } from './log'
import type { RequestConfig } from './definition'
import { guardProviders, requireProviderKeys } from './providers'
import type { Refusal } from './providers'
import { toAuthRequest } from './request'
import type { RequestParts } from './request'
import { toIncompleteSignOut, toRevokingEvents } from './sign-out'
import type { Ending } from './sign-out'

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
  const ending: Ending = {}
  const isScript = parts.headers.has('x-auth-return-redirect')
  const own = { ...config, logger: { error: logAuthError, warn: logWarning, ...config.logger } }
  setEnvDefaults(getEnvironment(event).variables, own, true)
  if (action.provider) requireProviderKeys(own.providers, action.provider, file)
  own.providers = guardProviders(own.providers, refusal)
  own.events = toRevokingEvents(event, config, ending)

  const path = `${config.basePath}/${[action.name, action.provider].filter(Boolean).join('/')}${new URL(parts.path, config.origin).search}`
  const response = await Auth(toAuthRequest(parts, config, path, fields), own)
  if (response.status >= 500) throw new NuxtAuthError('AUTH_R003', { provider: action.provider ?? action.name })
  if (ending.cause) return toIncompleteSignOut(ending, response, isScript)
  return isScript && fields ? await toResult(response, config.origin, refusal) : response
}

/** Auth.js answers a script with 200 and a URL, whatever happened. This says what happened. */
async function toResult(response: Response, origin: string, refusal: Refusal): Promise<Response> {
  const { url } = await response.json() as { url: string }
  const query = new URL(url, origin).searchParams
  const error = query.get('error')
  const status = error === null ? 200 : error === 'CredentialsSignin' ? refusal.status ?? 401 : statuses[error] ?? 503
  const result: AuthResult = { ok: error === null, status, url, error, code: query.get('code') }
  const headers = new Headers(response.headers)
  headers.delete('location')
  return Response.json(result, { status, headers })
}

/** A wrong password is a line; what the server has to answer for comes with its cause. */
function logAuthError(error: Error): void {
  const { type = error.name, cause } = error as { type?: string, cause?: { err?: unknown } }
  if (Object.hasOwn(statuses, type)) logWarning(`sign-in refused: ${type}`)
  else logError(`${type}: ${error.message}`, cause?.err ?? error)
}
