import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { getSessionCookie } from '../http/cookies'
import { endDatabaseSession, toRowConfig } from './database-session'
import { getConfig } from '../config/load'
import type { RequestConfig } from '../config/load'
import { isCachedEvent, isSharedRender } from '../http/request'
import { requireEvent } from '../http/upgrade'
import { revoke, revokeUser } from '../revocation/revocation'
import { endReading, getToken, getVisitor } from './session'
import { isSessionToken, toSessionKey } from './rows'
import { listSessions } from '../revocation/device-list'
import type { UserSession } from '../revocation/device-list'
import { getCookieToken, reportSignOut, revokeToken } from '../revocation/sign-out'
import type { JWT } from '../token/claims'

export type { UserSession } from '../revocation/device-list'

/** A session in the list of its user, and whether it is the one that asks. */
export interface ListedSession extends UserSession { isCurrent: boolean }

/**
 * Signs out the visitor of this request: the cookie is taken away, and the session is revoked where sessions can be.
 * Throws AUTH_R020 (503) when the store could not be told, AUTH_R004 in a cached handler.
 */
export async function signOut(source: AuthEvent): Promise<void> {
  const event = requireEvent(source, 'signOut')
  if (isCachedEvent(event) || isSharedRender(event)) throw new NuxtAuthError('AUTH_R004', { called: 'signOut' })
  const config = await getConfig(event)
  if (config.session.strategy === 'database') return await signOutOfDatabase(event, config)
  const token = await getCookieToken(event, config)
  await endReading(event, config)
  if (!token) return
  await revokeToken(config, token)
  await reportSignOut(config, token)
}

async function signOutOfDatabase(event: AuthEvent, config: RequestConfig): Promise<void> {
  const token = getSessionCookie(event, config.cookies.sessionToken)
  await endReading(event, config)
  if (!isSessionToken(token)) return
  const { session, isFirst } = await endDatabaseSession(config, await toSessionKey(token))
  if (isFirst) await config.events?.signOut?.({ session })
}

/** Whose session may be ended. */
export interface RevokeOptions {
  /**
   * Also a session of another user. Check first that the caller may do that.
   * @default false
   */
  anyUser?: boolean
}

/**
 * Ends a session, on every instance and at once. `sid` is a claim of its token, and what `listUserSessions` shows; for a session in
 * the database it is the `sessionToken` of its row. Throws AUTH_R070 (403) unless it is a session of the signed-in user, or
 * `anyUser` is set; AUTH_D021, AUTH_R001 and AUTH_R010 (503).
 */
export async function revokeSession(source: AuthEvent, sid: string, { anyUser = false }: RevokeOptions = {}): Promise<void> {
  const event = requireEvent(source, 'revokeSession')
  const config = await getConfig(event)
  if (config.session.strategy === 'database') return await revokeRow(event, config, sid, anyUser)
  const { session } = await requireRevocable(event, 'revokeSession')
  if (anyUser) return await revoke(sid, undefined, session)
  const token = await getToken(event) as JWT | null
  if (!token || !await isOwnSession(config, token, sid)) throw new NuxtAuthError('AUTH_R070')
  await revoke(sid, token.sub, session)
}

async function revokeRow(event: AuthEvent, config: RequestConfig, key: string, anyUser: boolean): Promise<void> {
  const user = anyUser ? undefined : await getVisitor(event)
  const owner = anyUser ? undefined : (await toRowConfig(config).adapter.getSessionAndUser(key))?.user
  // A session that is over has no owner any more, and nothing is left to end.
  if (!anyUser && (!user || (owner && owner.id !== user.id))) throw new NuxtAuthError('AUTH_R070')
  await endDatabaseSession(config, key)
}

/** True for the session that asks, and for those in the list of its user, where one is kept. */
async function isOwnSession(config: RequestConfig, { sid: current, sub }: JWT, sid: string): Promise<boolean> {
  if (current === sid) return true
  if (!config.session.revocable?.list || sub === undefined) return false
  return (await listSessions(config, sub)).some(listed => listed.sid === sid)
}

/** Ends the sessions of a user (the `sub` of their tokens), but for `except`: one `sid`, or several. Throws AUTH_D021, AUTH_R010 (503). */
export async function revokeUserSessions(event: AuthEvent, userId: string, { except = [] }: { except?: string | string[] } = {}): Promise<void> {
  const { session } = await requireRevocable(event, 'revokeUserSessions')
  await revokeUser(userId, [except].flat(), session)
}

/** The sessions of a user (the `sub` of their tokens), the one seen last first: 50 at most. Throws AUTH_D021, AUTH_R010 (503). */
export async function listUserSessions(event: AuthEvent, userId: string): Promise<ListedSession[]> {
  const config = await requireRevocable(event, 'listUserSessions', 'list')
  // In an app whose sessions are in a database the type of a token is never; such an app got no further.
  const current = await getToken(event) as { sid?: unknown } | null
  return (await listSessions(config, userId)).map(session => ({ ...session, isCurrent: session.sid === current?.sid }))
}

/** The config of an app whose sessions can be ended before their time. Throws AUTH_D021. */
async function requireRevocable(source: AuthEvent, called: string, need?: 'list'): Promise<RequestConfig> {
  const config = await getConfig(requireEvent(source, called))
  const { revocable, strategy } = config.session
  // Their rows say whose they are: the app's own query ends and lists them.
  if (strategy === 'database') throw new NuxtAuthError('AUTH_D021', { file, called, value: 'true, strategy: \'jwt\'' })
  if (!revocable || (need && !revocable[need])) throw new NuxtAuthError('AUTH_D021', { file, called, value: need ? `{ ${need}: true }` : 'true' })
  return config
}
