import { parseCookies, setCookie } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { Action } from '../http/actions'
import type { Answer } from '../http/answer'
import type { AuthAnswer } from './answer'
import { keepAuthorizationParams, keepSingleParams } from '../config/authorization-params'
import type { RequestConfig } from '../config/load'
import { logError, logWarning } from '../log'
import type { Flow } from '../providers/oauth'
import { isSecure } from '../providers/address'
import { ProviderFault } from '../providers/fetch'
import type { FlowError } from '../providers/fetch'

/** Errors of the library that checks answers and id_tokens: the answer was wrong, the provider is there. */
const refusals = new Set(['OperationProcessingError', 'UnsupportedOperationError', 'ResponseBodyError', 'AuthorizationResponseError', 'WWWAuthenticateChallengeError'])

/** Of these, the ones about the discovery document: it names another issuer, or no web address. */
const misconfigured = new Set(['OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED', 'OAUTH_HTTP_REQUEST_FORBIDDEN'])

/** What a client may put into the query of a sign-in, and a provider into that of its answer, whose way back is the flow's own. */
export function toFlowQuery({ name }: Action, query: URLSearchParams, more?: string[], callbackUrl?: string): URLSearchParams {
  if (name === 'signin') return keepAuthorizationParams(query, more)
  if (name !== 'callback') return query
  const kept = keepSingleParams(query)
  kept.delete('callbackUrl')
  if (callbackUrl !== undefined) kept.set('callbackUrl', callbackUrl)
  return kept
}

/** Why a sign-in with a provider failed, in one word; undefined for what is not its doing. `answered` is the `error` of its answer, if any. */
export function resolveFlowError(error: unknown, answered?: unknown): FlowError | undefined {
  const { type, cause } = error as { type?: string, cause?: { err?: unknown } }
  const inner = (cause?.err ?? error) as { name?: string, code?: string }
  if (inner instanceof ProviderFault) return inner.flowError
  if (type === 'OAuthCallbackError') return toAnswered(answered)
  if (misconfigured.has(String(inner.code))) return 'Configuration'
  return type === 'InvalidCheck' || refusals.has(String(inner.name)) ? 'OAuthCallbackError' : undefined
}

// https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
function toAnswered(error: unknown): FlowError {
  if (error === 'access_denied') return 'AccessDenied'
  return error === 'temporarily_unavailable' || error === 'server_error' ? 'Unavailable' : 'OAuthCallbackError'
}

/** One line about a failed flow, without what came from outside. False where the error is somebody else's. */
export function logFlowError(error: Error, { answered }: Flow): boolean {
  const flowError = resolveFlowError(error, answered)
  if (!flowError) return false
  const { cause } = error as { cause?: { err?: unknown } }
  const inner = (cause?.err ?? error) as Error
  const line = `sign-in failed: ${flowError}: ${inner.message.replace(/\.? ?Read more at .*/, '')}`
  if (flowError === 'AccessDenied' || flowError === 'OAuthCallbackError') logWarning(line)
  else logError(inner.cause instanceof Error ? `${line} (${toReason(inner.cause)})` : line)
  return true
}

// `fetch failed` says nothing; its cause does: ECONNREFUSED, a certificate.
function toReason({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : message
}

/** The answer to start from if Auth.js has not seen the provider's answer. */
export function toFaultAnswer({ home, origin }: RequestConfig): AuthAnswer {
  return { status: 302, headers: {}, redirect: new URL(home, origin).href, hasFailed: true }
}

/** The same answer with another target. */
export function toRedirect(answer: Answer, url: string, extra: Record<string, string> = {}): Answer {
  return { ...answer, headers: { ...answer.headers, ...extra, location: url }, redirect: url }
}

/** Whether a browser may be sent there: a discovery document may name any address, and only encrypted ones are allowed. */
export function isAllowedTarget(target: string | undefined, { origin }: RequestConfig, { isDev }: Flow): boolean {
  if (!target || !URL.canParse(target, origin)) return true
  const url = new URL(target, origin)
  if (url.origin === origin || isSecure(url, isDev)) return true
  logError(`sign-in failed: Configuration: ${url.protocol}//${url.host} is no address to send a visitor to`)
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
