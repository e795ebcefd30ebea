import type { Issue } from '../callbacks/validation'
import type { RequestConfig } from '../config/load'
import type { Action } from '../http/actions'
import { statuses } from '../http/actions'
import type { Answer } from '../http/answer'
import { isChunkOf } from '../http/cookies'
import type { Flow } from '../providers/oauth'
import type { Refusal } from '../providers/authorize'
import type { Watch } from './callbacks'
import { logSignInRefusal } from './error-log'
import { isAllowedTarget, resolveFlowError } from './flow'

/** Why a sign-in or sign-out did not succeed, and the page that says so. */
export interface Failure {
  /** Name for the visitor, such as `CredentialsSignin`. */
  error: string
  status: number
  code?: string
  issues?: Issue[]
  page: 'signIn' | 'error'
  /** The definition's own page for this visitor, instead of `page`. */
  url?: string
}

/** What is known once Auth.js has answered. */
export interface Happened {
  config: RequestConfig
  action: Action
  /** Whether the provider is an OAuth provider. */
  isFlow: boolean
  /** Auth.js ended with an error, which is the last one in `flow`. */
  hasFailed: boolean
  flow: Flow
  watch: Watch
  refusal: Refusal
}

/**
 * The one place that decides whether a request to Auth.js succeeded: by what Auth.js reported, what the definition's callbacks
 * returned and which cookies were set. Never by the address it leads to, which the client may have chosen. Undefined for a success.
 */
export function decideFailure(happened: Happened, answer: Answer): Failure | undefined {
  const { config, action, isFlow, hasFailed, flow, watch } = happened
  if (hasFailed) return toFailure(happened)
  if (isFlow && !watch.isForeign && !isAllowedTarget(answer.redirect, config, flow)) return { error: 'Configuration', status: 503, page: 'error' }
  // With a redirect proxy the answer is handed on to the deployment that began the flow.
  if (action.name !== 'callback' || config.redirectProxyUrl || hasSession(answer, config.cookies.sessionToken.name)) return undefined
  if (flow.error !== undefined) return toFailure(happened)
  logSignInRefusal('AccessDenied', action.provider, 'callbacks.jwt returned null')
  return { error: 'AccessDenied', status: 403, page: 'error' }
}

function hasSession({ cookies = [] }: Answer, name: string): boolean {
  return cookies.some(cookie => isChunkOf(cookie.name, name) && cookie.value !== '')
}

function toFailure({ isFlow, flow, watch, refusal }: Happened): Failure {
  if (watch.page !== undefined) return { error: 'AccessDenied', status: 403, page: 'error', url: watch.page }
  if (watch.fault) return toFaultFailure(watch.fault, isFlow)
  const flowError = isFlow ? resolveFlowError(flow.error, flow.answered) : undefined
  if (flowError) return { error: flowError, status: statuses[flowError] ?? 503, page: flowError === 'Configuration' ? 'error' : 'signIn' }
  const { type = '', kind, code } = (flow.error ?? {}) as { type?: string, kind?: string, code?: string }
  const page = kind === 'signIn' ? 'signIn' : 'error'
  const status = Object.hasOwn(statuses, type) ? statuses[type] : undefined
  if (status === undefined) return { error: 'Configuration', status: 503, page }
  if (type !== 'CredentialsSignin') return { error: type, status, page }
  return { error: type, status: refusal.status ?? status, page, code, ...(refusal.issues && { issues: refusal.issues }) }
}

function toFaultFailure({ kind, status, code }: NonNullable<Watch['fault']>, isFlow: boolean): Failure {
  if (kind !== 'outage') return { error: 'AccessDenied', status, page: 'error', code }
  return { error: isFlow ? 'Unavailable' : 'Configuration', status: 503, page: isFlow ? 'signIn' : 'error' }
}

/** Auth.js's answer, with the page of `failure` as its target. */
export function toFailed(failure: Failure, answer: Answer, { origin, basePath, pages }: Pick<RequestConfig, 'origin' | 'basePath' | 'pages'>): Answer {
  const { error, code, page } = failure
  const url = new URL(failure.url ?? pages?.[page] ?? `${basePath}/${page.toLowerCase()}`, origin)
  if (failure.url === undefined) {
    url.searchParams.set('error', error)
    if (code) url.searchParams.set('code', code)
  }
  const { location: _, ...headers } = answer.headers
  return { ...answer, status: 302, headers: { ...headers, ...(error === 'Unavailable' && { 'retry-after': '5' }) }, redirect: url.href, failure }
}
