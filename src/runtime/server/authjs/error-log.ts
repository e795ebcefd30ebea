import type { RequestConfig } from '../config/load'
import { NuxtAuthError } from '../../shared/errors'
import { statuses } from '../http/actions'
import { logError, logRefusal } from '../log'
import type { Flow } from '../providers/oauth'
import type { Refusal } from '../providers/authorize'
import { toFault } from './callbacks'
import type { CallbackNotes, Fault } from './callbacks'
import { logFlowError, withoutLink } from './flow'

/** Facts about one run of Auth.js that its answer does not show, noted while it runs. */
export interface RunNotes {
  flow: Flow
  callbacks: CallbackNotes
  /** Why `authorize` refused. */
  refusal: Refusal
  /** Id of the request's provider. */
  provider: string | undefined
}

/** Auth.js's errors, which its `logger.error` declares as plain ones. */
interface ReportedError { type?: string, cause?: { err?: unknown, hasInvite?: boolean } }

/** Auth.js's `logger.error`: notes the error, and passes it to the definition's logger or to this module's log. */
export function createErrorLogger({ logger }: RequestConfig, notes: RunNotes): (error: Error) => void {
  const { flow, callbacks } = notes
  return (error) => {
    flow.error = error
    const { type, cause } = error as ReportedError
    if (type === 'OAuthProfileParseError') callbacks.fault = toFault('profile', cause?.err)
    if (logger?.error) return logger.error(error)
    const isFault = type === 'OAuthProfileParseError' || type === 'AccessDenied'
    if (callbacks.fault && isFault) return logFault(callbacks.fault, notes.provider)
    if (!logFlowError(error, flow)) logAuthError(error, notes)
  }
}

/** Logs a refused sign-in in one line with its reason, and a failure of the server with its cause. */
export function logAuthError(error: Error, notes?: RunNotes): void {
  const { type = error.name, cause } = error as ReportedError
  if (Object.hasOwn(statuses, type)) logSignInRefusal(type, notes?.provider, toReason(type, error, notes))
  else logError(`${type}: ${error.message}`, cause?.err ?? error)
}

/** Logs a refused sign-in in one line. `reason` must not contain anything that the client sent. */
export function logSignInRefusal(error: string, provider: string | undefined, reason: string): void {
  logRefusal('sign-in refused', { error, ...(provider && { provider }), ...(reason && { reason }) })
}

function logFault({ kind, name, status, cause }: Fault, provider = ''): void {
  if (kind === 'refused') return logSignInRefusal('AccessDenied', provider, `${name} refused with status ${status}`)
  if (kind === 'outage') return logError(`sign-in failed: Unavailable: ${name} failed for provider ${provider}`, cause)
  logError(new NuxtAuthError('AUTH_R050', { name, provider }).message, cause)
}

function toReason(type: string, error: Error, notes: RunNotes | undefined): string {
  if (type === 'CredentialsSignin') return notes?.refusal.reason ?? 'authorize returned no user'
  if (type === 'AccessDenied') return notes?.callbacks.reason ?? 'access was denied'
  if (type === 'MissingCSRF') return 'the CSRF token is missing, or was not made for this browser'
  const { cause } = error as ReportedError
  if (type === 'Verification' && cause?.hasInvite) return 'the link has expired'
  if (type === 'Verification') return 'the link was used before, or never sent'
  return withoutLink(error.message)
}
