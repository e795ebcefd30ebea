import type { RequestConfig } from '../config/load'
import { NuxtAuthError } from '../../shared/errors'
import { statuses } from '../http/actions'
import { logError, logRefusal } from '../log'
import type { Flow } from '../providers/oauth'
import type { Refusal } from '../providers/authorize'
import { toFault } from './callbacks'
import type { Fault, Watch } from './callbacks'
import { logFlowError } from './flow'

/** What a run of Auth.js has noted by the time that it reports an error. */
export interface Noted { flow: Flow, watch: Watch, refusal: Refusal, provider: string | undefined }

/** Keeps what Auth.js reports, and tells it to the definition's logger or to this module's log. */
export function createErrorLogger({ logger }: RequestConfig, noted: Noted): (error: Error) => void {
  const { flow, watch } = noted
  return (error) => {
    flow.error = error
    const { type, cause } = error as { type?: string, cause?: { err?: unknown } }
    if (type === 'OAuthProfileParseError') watch.fault = toFault('profile', cause?.err)
    if (logger?.error) return logger.error(error)
    if (watch.fault && (type === 'OAuthProfileParseError' || type === 'AccessDenied')) return logFault(watch.fault, noted.provider)
    if (!logFlowError(error, flow)) logAuthError(error, noted)
  }
}

/** A refused sign-in is one line with its reason; an error that the server has to answer for comes with its cause. */
export function logAuthError(error: Error, noted?: Noted): void {
  const { type = error.name, cause } = error as { type?: string, cause?: { err?: unknown } }
  if (Object.hasOwn(statuses, type)) logSignInRefusal(type, noted?.provider, toReason(type, error, noted))
  else logError(`${type}: ${error.message}`, cause?.err ?? error)
}

/** One line for a sign-in that was refused. Never called with what the visitor sent. */
export function logSignInRefusal(error: string, provider: string | undefined, reason: string): void {
  logRefusal('sign-in refused', { error, ...(provider && { provider }), ...(reason && { reason }) })
}

function logFault({ kind, name, status, cause }: Fault, provider = ''): void {
  if (kind === 'refused') return logSignInRefusal('AccessDenied', provider, `${name} refused with status ${status}`)
  if (kind === 'outage') return logError(`sign-in failed: Unavailable: ${name} failed for provider ${provider}`, cause)
  logError(new NuxtAuthError('AUTH_R050', { name, provider }).message, cause)
}

function toReason(type: string, error: Error, noted: Noted | undefined): string {
  if (type === 'CredentialsSignin') return noted?.refusal.reason ?? 'authorize returned no user'
  if (type === 'AccessDenied') return noted?.watch.reason ?? 'access was denied'
  if (type === 'MissingCSRF') return 'the CSRF token is missing, or was not made for this browser'
  const { cause } = error as { cause?: { hasInvite?: boolean } }
  if (type === 'Verification') return cause?.hasInvite ? 'the link has expired' : 'the link was used before, or never sent'
  // Auth.js's own words, without the address of its documentation.
  return error.message.replace(/\.? ?Read more at .*/, '')
}
