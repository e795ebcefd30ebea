import type { JWT } from '../token/claims'
import { isRefusal } from '../config/validation'

/**
 * True where the provider has taken the grant back, so that only a new sign-in helps: `invalid_grant` (RFC 6749 §5.2), as
 * oauth4webapi and `$fetch` carry it, or `createError({ statusCode: 401 })` thrown by the app.
 */
export function isGrantGone(error: unknown): boolean {
  const { error: code, data, cause } = (error ?? {}) as { error?: unknown, data?: { error?: unknown } | null, cause?: { error?: unknown } | null }
  return [code, data?.error, cause?.error].includes('invalid_grant') || (isRefusal(error) && error.statusCode === 401)
}

/** One line about a failure, without what the token holds: a provider's message may repeat what it was sent. */
export function toLogLine(error: unknown, token: JWT): string {
  const { name = 'Error', message = String(error), code = '', cause } = (error ?? {}) as { name?: string, message?: string, code?: unknown, cause?: { message?: unknown, error?: unknown } | null }
  // Why a connection failed is in the cause; what a provider answered is an `error` there.
  const reason = [cause?.message, cause?.error].filter(text => typeof text === 'string').join(' ')
  const secrets = Object.values(token).filter(value => typeof value === 'string' && value.length >= 8) as string[]
  const line = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), `${name} ${String(code)} ${message} ${reason}`)
  return line.replace(/\s+/g, ' ').trim()
}
