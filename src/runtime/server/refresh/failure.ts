import { isRefusal } from '../callbacks/validation'
import type { JWT } from '../token/claims'

/** Shorter claims are no secrets, and redacting them would garble the line. */
const minSecretLength = 8

/**
 * True if the provider has revoked the grant, so that only a new sign-in helps: `invalid_grant` (RFC 6749 §5.2), where
 * oauth4webapi and `$fetch` put it, or `createError({ statusCode: 401 })` thrown by the app.
 */
export function isGrantRevoked(error: unknown): boolean {
  const sources = [error, getField(error, 'data'), getField(error, 'cause')]
  return sources.some(source => getField(source, 'error') === 'invalid_grant')
    || (isRefusal(error) && error.statusCode === 401)
}

/** One log line about a failed refresh. Redacts the claims of `token`: a provider's message may repeat its input. */
export function toLogLine(error: unknown, token: JWT): string {
  const cause = getField(error, 'cause')
  const parts = [
    getField(error, 'name') ?? 'Error',
    getField(error, 'code') ?? '',
    getField(error, 'message') ?? error,
    // A failed connection explains itself in the cause's message, a provider's response in its `error`.
    ...[getField(cause, 'message'), getField(cause, 'error')].filter(text => typeof text === 'string'),
  ]
  const secrets = Object.values(token).filter(value => typeof value === 'string').filter(isSecret)
  const line = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), parts.map(String).join(' '))
  return line.replace(/\s+/g, ' ').trim()
}

function isSecret(claim: string): boolean {
  return claim.length >= minSecretLength
}

function getField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
