import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { getConfig } from '../config/load'
import type { RequestConfig } from '../config/load'
import { getSessionCookie } from '../http/cookies'
import { isCachedEvent, isSharedRender } from '../http/request'
import { requireEvent } from '../http/upgrade'
import { listSessions } from '../revocation/device-list'
import type { UserSession } from '../revocation/device-list'
import { revoke, revokeUser } from '../revocation/revocation'
import { getCookieToken, reportSignOut, revokeToken } from '../revocation/sign-out'
import type { JWT } from '../token/claims'
import { endDatabaseSession, toRowConfig } from './database-session'
import { isSessionToken, toSessionKey } from './rows'
import { endReading, getClaims, getVisitor } from './session'

export type { UserSession } from '../revocation/device-list'

/** A session in the list of its user. */
export interface ListedSession extends UserSession {
  /** True for the session of this request. */
  isCurrent: boolean
}

/** Which sessions `revokeSession` may end. */
export interface RevokeOptions {
  /**
   * Also sessions of other users. Check first that the caller may end them.
   * @default false
   */
  anyUser?: boolean
}

/** Which sessions `revokeUserSessions` keeps. */
export interface RevokeUserOptions {
  /** One `sid`, or several. */
  except?: string | string[]
}

/**
 * Signs out the user of this request: deletes the cookie, and ends the session in the database or, if sessions are
 * revocable, revokes it. Throws AUTH_R020 (503) if the store can't record that, AUTH_R001 (503) if the database
 * can't, and AUTH_R004 in a cached handler.
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

/**
 * Ends a session immediately, on every instance. `sid` is a claim of its token, and a field of `listUserSessions`;
 * for a session in the database, it is the `sessionToken` of its row. Throws AUTH_R070 (403) unless it is a session
 * of the signed-in user, or `anyUser` is set; AUTH_D021, AUTH_R001 and AUTH_R010 (503).
 */
export async function revokeSession(source: AuthEvent, sid: string, options: RevokeOptions = {}): Promise<void> {
  const event = requireEvent(source, 'revokeSession')
  const { anyUser = false } = options
  const config = await getConfig(event)
  if (config.session.strategy === 'database') return await revokeRow(event, config, sid, anyUser)
  const { session } = await requireRevocable(event, 'revokeSession')
  if (anyUser) return await revoke(sid, undefined, session)
  const token = await getClaims(event)
  if (!token || !await isOwnSession(config, token, sid)) throw new NuxtAuthError('AUTH_R070')
  await revoke(sid, token.sub, session)
}

async function revokeRow(event: AuthEvent, config: RequestConfig, key: string, anyUser: boolean): Promise<void> {
  if (!anyUser && !await isOwnRow(event, config, key)) throw new NuxtAuthError('AUTH_R070')
  await endDatabaseSession(config, key)
}

/** True if the user of this request may end the session with this key. A session without a row has already ended. */
async function isOwnRow(event: AuthEvent, config: RequestConfig, key: string): Promise<boolean> {
  const user = await getVisitor(event)
  if (!user) return false
  const found = await toRowConfig(config).adapter.getSessionAndUser(key)
  return !found?.user || found.user.id === user.id
}

/** True for the session of this request and, if the definition asks for lists, for those in the list of its user. */
async function isOwnSession(config: RequestConfig, { sid: current, sub }: JWT, sid: string): Promise<boolean> {
  if (current === sid) return true
  if (!config.session.revocable?.list || sub === undefined) return false
  return (await listSessions(config, sub)).some(listed => listed.sid === sid)
}

/**
 * Ends all sessions of a user (the `sub` of their tokens) immediately, on every instance, with the exceptions in
 * `options`. Throws AUTH_D021 and AUTH_R010 (503).
 */
export async function revokeUserSessions(
  event: AuthEvent, userId: string, options: RevokeUserOptions = {},
): Promise<void> {
  const { session } = await requireRevocable(event, 'revokeUserSessions')
  await revokeUser(userId, [options.except ?? []].flat(), session)
}

/**
 * The last 50 sessions of a user (the `sub` of their tokens), the one seen last first.
 * Throws AUTH_D021 and AUTH_R010 (503).
 */
export async function listUserSessions(event: AuthEvent, userId: string): Promise<ListedSession[]> {
  const config = await requireRevocable(event, 'listUserSessions', 'list')
  const current = await getClaims(event)
  const sessions = await listSessions(config, userId)
  return sessions.map(session => ({ ...session, isCurrent: session.sid === current?.sid }))
}

/** The config of an app whose sessions are revocable, with a list if `need` asks for it. Throws AUTH_D021. */
async function requireRevocable(source: AuthEvent, called: string, need?: 'list'): Promise<RequestConfig> {
  const config = await getConfig(requireEvent(source, called))
  const { revocable, strategy } = config.session
  // Sessions in a database are listed and ended by a query of the app: their rows name the user.
  if (strategy === 'database') throw new NuxtAuthError('AUTH_D021', { file, called, value: 'true, strategy: \'jwt\'' })
  const value = need ? `{ ${need}: true }` : 'true'
  if (!revocable || (need && !revocable[need])) throw new NuxtAuthError('AUTH_D021', { file, called, value })
  return config
}
