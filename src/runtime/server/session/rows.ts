import type { AdapterSession, AdapterUser } from '@auth/core/adapters'
import { BoundedMap } from '../../shared/bounded-map'
import type { SessionAdapter } from '../config/adapter'
import { askAdapter } from '../config/adapter'
import { createId } from '../token/base64url'
import { toHash } from '../token/hash'
import { logError, logWarning } from '../log'

/** A session in the database that is not over, and whose it is. */
export interface SessionRow { key: string, user: AdapterUser, expires: Date }

/** What keeps sessions in the database. */
export interface RowConfig {
  adapter: SessionAdapter
  session: { maxAge: number, updateAge: number }
}

/** Writes that a visitor need not wait for: with the question before them an answer takes less than three seconds. */
const writeTimeout = 700

/**
 * Keys of sessions that this process has ended: they stay ended while the database can't be reached,
 * and when a renewal that began before writes them again.
 */
const ended = new BoundedMap<string, true>(10_000)

/** A new session token: 256 bits, base64url. */
export function createSessionToken(): string {
  return createId(32)
}

/** Whether a cookie's value can be a session token. Nothing else is ever asked for. */
export function isSessionToken(value: string | undefined): value is string {
  return value !== undefined && /^[\w-]{43}$/.test(value)
}

/** Session token → what the database holds instead of it, so that whoever reads the database can't sign in with it: SHA-256, hex. */
export async function toSessionKey(token: string): Promise<string> {
  return await toHash(token)
}

/** The session of a token, or null. One question to the adapter; none for what can't be a token. Deletes a session that is over. Throws AUTH_R001. */
export async function findRow(config: RowConfig, token: string | undefined): Promise<SessionRow | null> {
  if (!isSessionToken(token)) return null
  const key = await toSessionKey(token)
  const found = await config.adapter.getSessionAndUser(key)
  if (!found?.session || !found.user) return null
  const expires = toDate(found.session.expires)
  if (expires && expires.getTime() > Date.now() && !ended.has(key)) return { key, user: found.user, expires }
  await askAdapter('deleteSession', () => config.adapter.deleteSession(key), writeTimeout).catch(error => logWarning(String(error)))
  return null
}

/** A new session of a user, under a new token. The cookie gets the token, the database its key. Throws AUTH_R001. */
export async function createRow(config: RowConfig, userId: string): Promise<AdapterSession> {
  const token = createSessionToken()
  const expires = new Date(Date.now() + config.session.maxAge * 1000)
  await config.adapter.createSession({ sessionToken: await toSessionKey(token), userId, expires })
  return { sessionToken: token, userId, expires }
}

/** True once `updateAge` has passed since the session's end was last moved. */
export function isRenewalDue({ expires }: SessionRow, { session }: RowConfig): boolean {
  return expires.getTime() - session.maxAge * 1000 + session.updateAge * 1000 <= Date.now()
}

/** Moves the end of a session. Returns the new end, or undefined where the database could not: the visitor stays signed in either way. */
export async function renewRow(config: RowConfig, key: string): Promise<Date | undefined> {
  const { adapter, session } = config
  const expires = new Date(Date.now() + session.maxAge * 1000)
  const write = async () => {
    try {
      await adapter.updateSession({ sessionToken: key, expires })
    }
    finally {
      // Signed out meanwhile: an adapter that writes what it read before has brought the row back.
      if (ended.has(key)) await adapter.deleteSession(key)
    }
  }
  return await askAdapter('updateSession', write, writeTimeout).then(() => expires, error => void logError(String(error), (error as Error).cause))
}

/** A session that has ended. `session`: its row, if the adapter returns it. `isFirst`: this process has not ended it before. */
export interface EndedRow { session: AdapterSession | null, isFirst: boolean }

/** Ends a session. Throws AUTH_R001 when the database can't be told; this process takes the session for ended all the same. */
export async function endRow({ adapter }: Pick<RowConfig, 'adapter'>, key: string): Promise<EndedRow> {
  const isFirst = !ended.has(key)
  ended.set(key, true)
  try {
    return { session: await adapter.deleteSession(key) ?? null, isFirst }
  }
  catch (error) {
    // Some adapters fail on a row that is gone already, as Prisma's does (P2025): two sign-outs of one session both succeed.
    const found = await askAdapter('getSessionAndUser', () => adapter.getSessionAndUser(key), writeTimeout).catch(() => undefined)
    if (found === null) return { session: null, isFirst }
    throw error
  }
}

// Adapters return what their database does: a date, text, a number, or nothing that is one.
function toDate(value: unknown): Date | undefined {
  const date = value instanceof Date ? value : typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}
