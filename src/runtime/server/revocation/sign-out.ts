import type { AuthConfig } from '@auth/core/types'
import { BoundedMap } from '../../shared/bounded-map'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, AuthResult } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { getSessionCookie } from '../http/cookies'
import { logCaught, logError } from '../log'
import { getStore } from '../store/store'
import { toSessionId } from '../token/claims'
import type { JWT } from '../token/claims'
import { revoke, toLifetime } from './revocation'

/** Receives the error of a revocation that failed during a sign-out, because Auth.js reports success all the same. */
export interface SignOutFailure { cause?: unknown }

type Events = NonNullable<AuthConfig['events']>

/** Sessions of which this process has reported the sign-out. */
const reported = new BoundedMap<string, true>(10_000)

/**
 * The token in the session cookie that this request was sent with, or null; later changes to the cookie don't count.
 */
export async function getCookieToken(event: AuthEvent, { cookies, jwt, secret }: RequestConfig): Promise<JWT | null> {
  const token = getSessionCookie(event, cookies.sessionToken)
  return token ? await jwt.decode({ token, secret, salt: cookies.sessionToken.name }) : null
}

/** Revokes the session of a token on every instance, if sessions are revocable. Throws AUTH_R020 (503). */
export async function revokeToken({ session }: RequestConfig, token: JWT | null): Promise<void> {
  if (!session.revocable || token?.sid === undefined) return
  try {
    await revoke(token.sid, token.sub, session)
  }
  catch (cause) {
    throw new NuxtAuthError('AUTH_R020', {}, { cause })
  }
}

/**
 * Calls `events.signOut` once per session: once for all instances if sessions are revocable and the store is shared,
 * else once in this process.
 */
export async function reportSignOut(config: RequestConfig, token: JWT): Promise<void> {
  const id = toSessionId(token)
  if (!config.events?.signOut || reported.has(id)) return
  reported.set(id, true)
  if (await isFirstReport(config, id)) await config.events.signOut({ token })
}

async function isFirstReport({ session }: RequestConfig, id: string): Promise<boolean> {
  const store = session.revocable ? getStore() : undefined
  if (!store?.isShared) return true
  try {
    return await store.setIfAbsent(`reported:${id}`, crypto.randomUUID(), toLifetime(session))
  }
  catch {
    // Reporting a sign-out twice is better than not at all.
    return true
  }
}

/**
 * The definition's events for Auth.js. A sign-out revokes its session and is reported once; a sign-in revokes the
 * session that it replaces. The error of a failed revocation at sign-out is set on `failure`.
 */
export function toRevokingEvents(event: AuthEvent, config: RequestConfig, failure: SignOutFailure): Events | undefined {
  const { events, session } = config
  const signOut: NonNullable<Events['signOut']> = async (message) => {
    const token = 'token' in message ? message.token : null
    try {
      await revokeToken(config, token)
    }
    catch (cause) {
      failure.cause = cause
    }
    if (token) await reportSignOut(config, token)
    else await events?.signOut?.(message)
  }
  if (!session.revocable) return events?.signOut ? { ...events, signOut } : events
  const signIn: NonNullable<Events['signIn']> = async (message) => {
    await revokeReplaced(event, config)
    await events?.signIn?.(message)
  }
  return { ...events, signOut, signIn }
}

/** Revokes the session in the request's cookie. Failures are logged only, because the sign-in itself has succeeded. */
async function revokeReplaced(event: AuthEvent, config: RequestConfig): Promise<void> {
  try {
    await revokeToken(config, await getCookieToken(event, config))
  }
  catch (error) {
    logCaught(error)
  }
}

/**
 * The answer to a sign-out that only deleted this browser's cookie, as text or, for a script, as JSON. Status 503
 * says that copies of the cookie may still work.
 */
export function toIncompleteSignOut({ cause }: SignOutFailure, { cookies }: Answer, isScript: boolean): Answer {
  if (cause instanceof NuxtAuthError) logError(cause.message, cause.cause)
  else logCaught(cause)
  const headers = { 'retry-after': '5' }
  const result: AuthResult = { ok: false, status: 503, url: null, error: 'SignOut', code: 'AUTH_R020' }
  if (isScript) return toJson(result, { status: 503, headers, cookies })
  const body = 'You are signed out in this browser. On other devices, the session may still work for a while.\n'
  return { status: 503, headers: { ...headers, 'content-type': 'text/plain;charset=UTF-8' }, cookies, body }
}
