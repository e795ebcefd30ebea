import type { BaseSession, Session } from './types'

/**
 * True for a session: it has a `user` object, and `expires` after `now` (milliseconds).
 * Error bodies and expired sessions don't count as sessions. Its other fields are the definition's, and not checked.
 */
export function isSession(value: unknown, now = Date.now()): value is Session & BaseSession {
  const { user, expires }: Partial<Record<keyof BaseSession, unknown>> = value ?? {}
  return typeof user === 'object' && user !== null && Date.parse(String(expires)) > now
}
