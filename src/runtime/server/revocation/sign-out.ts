import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, AuthResult } from '../../shared/types'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { getSessionCookie } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import { logError } from '../log'
import { getStore } from '../store/store'
import { toSessionId } from '../token/claims'
import type { JWT } from '../token/claims'
import { revoke, toLifetime } from './revocation'
import { BoundedMap } from '../../shared/bounded-map'

/** How a sign-out went, where Auth.js's answer does not say: why it could not be told to the store. */
export interface Ending { cause?: unknown }

/** The token in the session cookie of this request, whatever became of it since; null where there is none. */
export async function getCookieToken(event: AuthEvent, { cookies, jwt, secret }: RequestConfig): Promise<JWT | null> {
  const token = getSessionCookie(event, cookies.sessionToken)
  return token ? await jwt.decode({ token, secret, salt: cookies.sessionToken.name }) : null
}

/** Ends the session of a token on every instance, where sessions can be revoked. Throws AUTH_R020 (503). */
export async function revokeToken({ session }: RequestConfig, token: JWT | null): Promise<void> {
  if (!session.revocable || token?.sid === undefined) return
  try {
    await revoke(token.sid, token.sub, session)
  }
  catch (cause) {
    throw new NuxtAuthError('AUTH_R020', {}, { cause })
  }
}

/** Sessions whose sign-out this process has reported. */
const reported = new BoundedMap<string, true>(10_000)

/** Calls `events.signOut`, once per session: on every instance if sessions are revocable and the store is shared, else in this process. */
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
    // Better reported twice than not at all.
    return true
  }
}

/** The definition's events, with the session revoked that a sign-out ends, and the one that a sign-in replaces; a sign-out is reported once. */
export function toRevokingEvents(event: AuthEvent, config: RequestConfig, ending: Ending): AuthConfig['events'] {
  const { events, session } = config
  const signOut: NonNullable<AuthConfig['events']>['signOut'] = async (message) => {
    const token = 'token' in message ? message.token : null
    // Auth.js takes a failure here for a detail, and reports success.
    await revokeToken(config, token).catch(error => ending.cause = error)
    if (token) await reportSignOut(config, token)
    else await events?.signOut?.(message)
  }
  if (!session.revocable) return events?.signOut ? { ...events, signOut } : events
  return {
    ...events,
    signOut,
    async signIn(message) {
      await getCookieToken(event, config).then(former => revokeToken(config, former)).catch(error => logError(String(error), (error as Error).cause))
      await events?.signIn?.(message)
    },
  }
}

/** The answer to a sign-out that reached this browser only: its cookie is taken away, and 503 says that copies of it may live on. */
export function toIncompleteSignOut({ cause }: Ending, { cookies }: Answer, isScript: boolean): Answer {
  const { message, cause: reason } = cause as NuxtAuthError
  logError(message, reason)
  const headers = { 'retry-after': '5' }
  const result: AuthResult = { ok: false, status: 503, url: null, error: 'SignOut', code: 'AUTH_R020' }
  if (isScript) return toJson(result, { status: 503, headers, cookies })
  const body = 'You are signed out in this browser. Elsewhere the session may go on for a while.\n'
  return { status: 503, headers: { ...headers, 'content-type': 'text/plain;charset=UTF-8' }, cookies, body }
}
