import { getResponseHeader, setResponseHeader } from '#nuxt-authjs/host'
import type { AdapterUser } from '@auth/core/adapters'
import { NuxtAuthError } from '../../shared/errors'
import { isSession } from '../../shared/session'
import type { AuthEvent, BaseSession } from '../../shared/types'
import type { JWT } from '../token/claims'
import { setSessionCookie } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import { logError } from '../log'
import { runCallback } from '../config/run-callback'

/** What a request knows of its visitor. */
export interface Reading {
  session: BaseSession | null
  token: JWT | null
  /** Who it is: the token's subject, or the user's row. */
  visitor?: { id?: unknown, email?: unknown }
  /** Why the token is of no use to a backend now, though its session goes on. */
  failure?: NuxtAuthError
}

export const signedOut: Reading = { session: null, token: null }

/** The session that `callbacks.session` makes of `source`. Throws AUTH_R001 (503) if the callback fails or returns no session. */
export async function resolveSession(
  config: RequestConfig, source: { session: BaseSession, token?: JWT, user?: AdapterUser },
): Promise<BaseSession> {
  // Auth.js types the callback for both strategies at once.
  const session: unknown = await runCallback('callbacks.session', () => config.callbacks.session?.(source as never))
  if (isSession(session)) return session
  throw new NuxtAuthError('AUTH_R001', { step: 'callbacks.session (no user, or expired)' })
}

/** Makes the answer private, because it knows a session, and calls `events.session`, whose failure is only logged. */
export async function finishReading(event: AuthEvent, { events }: RequestConfig, reading: Reading): Promise<Reading> {
  const headers = toPrivateHeaders(getResponseHeader(event, 'vary'))
  for (const [name, value] of Object.entries(headers)) setResponseHeader(event, name, value)
  try {
    await events?.session?.({ session: reading.session, token: reading.token } as never)
  }
  catch (error) {
    logError('events.session failed', error)
  }
  return reading
}

/** Takes the session cookie away. */
export function endSession(event: AuthEvent, config: RequestConfig): Reading {
  setSessionCookie(event, config.cookies.sessionToken, '', new Date(0))
  return signedOut
}

/** What keeps an answer that knows its visitor out of everybody else's cache. `said`: its `Vary` as it is. */
export function toPrivateHeaders(said: unknown): Record<string, string> {
  const vary = Array.isArray(said) ? said.join(', ') : String(said ?? '')
  return { 'cache-control': 'private, no-store', 'vary': vary === '' ? 'Cookie' : /\bcookie\b|\*/i.test(vary) ? vary : `${vary}, Cookie` }
}
