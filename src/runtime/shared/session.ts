import type { BaseSession } from './types'

/** A session has a `user` object and an end after `now` (milliseconds). Error bodies and expired sessions are none. */
export function isSession(value: unknown, now = Date.now()): value is BaseSession {
  const { user, expires } = (value ?? {}) as Partial<BaseSession>
  return typeof user === 'object' && user !== null && Date.parse(String(expires)) > now
}
