import { getResponseHeader, setResponseHeader } from '#nuxt-authjs/host'
import type { AdapterUser } from '@auth/core/adapters'
import { NuxtAuthError } from '../../shared/errors'
import { isSession } from '../../shared/session'
import type { AuthEvent, Awaitable, BaseSession } from '../../shared/types'
import { after, recover } from '../http/after'
import type { JWT } from '../token/claims'
import { setSessionCookie } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import { logError } from '../log'
import { isRefusal, toValidationError } from '../config/validation'

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

/** The session as `callbacks.session` makes it of `source`. Throws AUTH_R001 when it fails or makes none. */
export function resolveSession(config: RequestConfig, source: { session: BaseSession, token?: JWT, user?: AdapterUser }): Awaitable<BaseSession> {
  return after(runCallback('callbacks.session', () => config.callbacks.session?.(source as never) as Awaitable<BaseSession>), (session) => {
    if (!isSession(session)) throw new NuxtAuthError('AUTH_R001', { step: 'callbacks.session (no user, or expired)' })
    return session
  })
}

/** Marks the answer as this visitor's own, and tells `events.session`. */
export function settle(event: AuthEvent, { events }: RequestConfig, reading: Reading): Awaitable<Reading> {
  const headers = toPrivateHeaders(getResponseHeader(event, 'vary'))
  // In the session's own route they are there already, and to look is quicker than to write.
  for (const name in headers) if (getResponseHeader(event, name) !== headers[name]) setResponseHeader(event, name, headers[name]!)
  return events?.session ? tell(events, reading) : reading
}

async function tell(events: NonNullable<RequestConfig['events']>, reading: Reading): Promise<Reading> {
  try {
    await events.session?.({ session: reading.session, token: reading.token } as never)
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

/** Runs what the app wrote. Whatever it throws is AUTH_R001 (503); in `extend.update` a refusal passes through, and a validation error is 400. */
export function runCallback<T>(step: string, run: () => Awaitable<T>): Awaitable<T> {
  return recover(run, (cause) => {
    if (cause instanceof NuxtAuthError) throw cause
    const refusal = step === 'extend.update' ? isRefusal(cause) ? cause : toValidationError(cause) : undefined
    throw refusal ?? new NuxtAuthError('AUTH_R001', { step }, { cause })
  })
}

/** What keeps an answer that knows its visitor out of everybody else's cache. `said`: its `Vary` as it is. */
export function toPrivateHeaders(said: unknown): Record<string, string> {
  const vary = Array.isArray(said) ? said.join(', ') : String(said ?? '')
  return { 'cache-control': 'private, no-store', 'vary': vary === '' ? 'Cookie' : /\bcookie\b|\*/i.test(vary) ? vary : `${vary}, Cookie` }
}
