import { parseCookies, setCookie } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { Action } from '../http/actions'
import type { Answer } from '../http/answer'
import { keepAuthorizationParams, keepSingleParams } from '../config/authorization-params'
import type { RequestConfig } from '../config/load'
import { logError, logWarning } from '../log'
import type { Flow } from '../providers/oauth'
import { isSecure } from '../providers/address'
import { ProviderFault } from '../providers/fetch'
import type { FlowError } from '../providers/fetch'

/** Errors of oauth4webapi for an invalid answer or id_token: the provider is available, and its answer is refused. */
const refusals = new Set([
  'OperationProcessingError', 'UnsupportedOperationError', 'ResponseBodyError', 'AuthorizationResponseError',
  'WWWAuthenticateChallengeError',
])

/** Codes of the same errors for a discovery document with another issuer, or with an address that is not allowed. */
const misconfigured = new Set(['OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED', 'OAUTH_HTTP_REQUEST_FORBIDDEN'])

/**
 * The allowed parameters of a request that starts a flow, or of the provider's answer. An answer's `callbackUrl` is the
 * one that the flow started with. `more`: the definition's `authorizationParams`.
 */
export function toFlowQuery(
  { name }: Action, query: URLSearchParams, more?: string[], callbackUrl?: string,
): URLSearchParams {
  if (name === 'signin') return keepAuthorizationParams(query, more)
  if (name !== 'callback') return query
  const kept = keepSingleParams(query)
  kept.delete('callbackUrl')
  if (callbackUrl !== undefined) kept.set('callbackUrl', callbackUrl)
  return kept
}

/**
 * Why a sign-in with a provider failed. Undefined for an error that the provider did not cause. `answered`: `error` of
 * the provider's answer.
 */
export function resolveFlowError(error: unknown, answered?: unknown): FlowError | undefined {
  const { type, inner } = unwrap(error)
  if (inner instanceof ProviderFault) return inner.flowError
  if (type === 'OAuthCallbackError') return toAnsweredError(answered)
  if (misconfigured.has(String(inner.code))) return 'Configuration'
  return type === 'InvalidCheck' || refusals.has(inner.name) ? 'OAuthCallbackError' : undefined
}

/** Auth.js wraps the error of a dependency in one of its own. */
function unwrap(error: unknown): { type?: string, inner: Error & { code?: unknown } } {
  // Auth.js reports errors only.
  const { type, cause } = error as { type?: string, cause?: { err?: Error } }
  return { type, inner: cause?.err ?? error as Error }
}

// https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
function toAnsweredError(error: unknown): FlowError {
  if (error === 'access_denied') return 'AccessDenied'
  return error === 'temporarily_unavailable' || error === 'server_error' ? 'Unavailable' : 'OAuthCallbackError'
}

/** Logs a failed flow in one line, with nothing that the provider or the client sent. False for any other error. */
export function logFlowError(error: Error, { answered }: Flow): boolean {
  const flowError = resolveFlowError(error, answered)
  if (!flowError) return false
  const { inner } = unwrap(error)
  const line = `sign-in failed: ${flowError}: ${withoutLink(inner.message)}`
  if (flowError === 'AccessDenied' || flowError === 'OAuthCallbackError') logWarning(line)
  else logError(inner.cause instanceof Error ? `${line} (${toReason(inner.cause)})` : line)
  return true
}

/** A message of Auth.js without the address of its documentation. */
export function withoutLink(message: string): string {
  return message.replace(/\.? ?Read more at .*/, '')
}

/** The reason of a network error is in its cause: `fetch failed` does not mention ECONNREFUSED or a certificate. */
function toReason({ message, cause }: Error & { cause?: unknown }): string {
  if (!(cause instanceof Error)) return message
  return cause.message || String('code' in cause ? cause.code : undefined)
}

/** The same answer with another redirect target. */
export function toRedirect(answer: Answer, url: string, extra: Record<string, string> = {}): Answer {
  return { ...answer, headers: { ...answer.headers, ...extra, location: url }, redirect: url }
}

/** True if a browser may be redirected to `target`: discovery can return any URL, only encrypted ones are allowed. */
export function isAllowedTarget(target: string | undefined, { origin }: RequestConfig, { isDev }: Flow): boolean {
  if (!target || !URL.canParse(target, origin)) return true
  const url = new URL(target, origin)
  if (url.origin === origin || isSecure(url, isDev)) return true
  logError(`sign-in failed: Configuration: ${url.protocol}//${url.host} is not an allowed provider URL`)
  return false
}

/** Deletes the cookies of a flow that Auth.js leaves in the browser: each is valid for one answer of the provider. */
export function clearFlowCookies(event: AuthEvent, { cookies }: RequestConfig, answer: Answer): void {
  const sent = parseCookies(event)
  for (const { name, options } of [cookies.flow, cookies.state, cookies.pkceCodeVerifier, cookies.nonce]) {
    if (sent[name] === undefined || answer.cookies?.some(cookie => cookie.name === name)) continue
    setCookie(event, name, '', { ...options, maxAge: 0 })
  }
}
