import { getResponseHeader, setResponseHeader } from '#nuxt-authjs/host'
import type { AdapterUser } from '@auth/core/adapters'
import { NuxtAuthError } from '../../shared/errors'
import { isSession } from '../../shared/session'
import type { AuthEvent, BaseSession, Session } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../callbacks/run'
import { setSessionCookie } from '../http/cookies'
import { logError } from '../log'
import type { JWT } from '../token/claims'

/** The result of reading the session of a request. */
export interface Reading {
  session: Session | null
  /** Null for anonymous users, and for sessions in a database. */
  token: JWT | null
  /** The user: the token's subject, or the user's row. */
  visitor?: { id?: unknown, email?: unknown }
  /**
   * The provider tokens have expired and could not be refreshed, so a backend would refuse them. The session goes on.
   */
  failure?: NuxtAuthError
}

/** The reading of an anonymous request. */
export const signedOut: Reading = { session: null, token: null }

/**
 * The session that `callbacks.session`, which includes `extend.session`, makes of `source`.
 * Throws AUTH_R001 (503) if the callback fails or returns no valid session.
 */
export async function applySessionCallback(
  config: RequestConfig, source: { session: BaseSession, token?: JWT, user?: AdapterUser },
): Promise<Session> {
  // Auth.js types the parameters for both strategies at once.
  const session: unknown = await runCallback('callbacks.session', () => config.callbacks.session?.(source as never))
  // `Session` was inferred from the callbacks that made this value.
  if (isSession(session)) return session as Session
  throw new NuxtAuthError('AUTH_R001', { step: 'callbacks.session (no user, or expired)' })
}

/** Calls `events.session`. Its failure is only logged. */
export async function reportSession({ events }: RequestConfig, { session, token }: Reading): Promise<void> {
  try {
    // Auth.js types the message without null, which is the token of a session in a database.
    await events?.session?.({ session, token } as never)
  }
  catch (error) {
    logError('events.session failed', error)
  }
}

/** Deletes the session cookie. */
export function endSession(event: AuthEvent, config: RequestConfig): Reading {
  setSessionCookie(event, config.cookies.sessionToken, '', new Date(0))
  return signedOut
}

/** Keeps the response, which depends on a session, out of shared caches. */
export function makePrivate(event: AuthEvent): void {
  const headers = toPrivateHeaders(getResponseHeader(event, 'vary'))
  for (const [name, value] of Object.entries(headers)) setResponseHeader(event, name, value)
}

/** The headers that keep a response out of shared caches. `sent`: the `Vary` header that it already has. */
export function toPrivateHeaders(sent: unknown): Record<string, string> {
  const names = [sent ?? []].flat().map(String).filter(name => name !== '')
  const isComplete = names.some(name => /\bcookie\b|\*/i.test(name))
  const vary = isComplete ? names : [...names, 'Cookie']
  return { 'cache-control': 'private, no-store', 'vary': vary.join(', ') }
}
