import type { AdapterSession, AdapterUser } from '@auth/core/adapters'
import { BoundedMap } from '../../shared/bounded-map'
import { askAdapter } from '../config/adapter'
import type { SessionAdapter } from '../config/adapter'
import { logCaught, logWarning } from '../log'
import { createId } from '../token/base64url'
import { toHash } from '../token/hash'

/** A session in the database that has not expired, with its user. */
export interface SessionRow { key: string, user: AdapterUser, expires: Date }

/** The part of the config that sessions in a database need. Times in seconds. */
export interface RowConfig {
  adapter: SessionAdapter
  session: { maxAge: number, updateAge: number }
}

/** An ended session. */
export interface EndedRow {
  /** Its row, if the adapter returns it. */
  session: AdapterSession | null
  /** True if this process has not ended it before. */
  isFirst: boolean
}

/**
 * Limit for writes that a response can do without, in milliseconds: with the read, a request takes less than three
 * seconds.
 */
const writeTimeout = 700

/**
 * Keys of the sessions that this process has ended. They stay ended while the database is unreachable, and if a
 * renewal that started earlier writes their row again.
 */
const ended = new BoundedMap<string, true>(10_000)

/** A new session token: 256 random bits, base64url. */
export function createSessionToken(): string {
  return createId(32)
}

/** True if a cookie's value can be a session token. No other value is looked up. */
export function isSessionToken(value: string | undefined): value is string {
  return value !== undefined && /^[\w-]{43}$/.test(value)
}

/** The key under which the database has a session: SHA-256 of its token in hex. A leaked database signs no one in. */
export async function toSessionKey(token: string): Promise<string> {
  return await toHash(token)
}

/**
 * The session of a token, or null, with one call to the adapter, or none for a value that can't be a token.
 * Deletes an expired session. Throws AUTH_R001 (503).
 */
export async function findRow(config: RowConfig, token: string | undefined): Promise<SessionRow | null> {
  if (!isSessionToken(token)) return null
  const key = await toSessionKey(token)
  const found = await config.adapter.getSessionAndUser(key)
  if (!found?.session || !found.user) return null
  const expires = toDate(found.session.expires)
  if (expires && expires.getTime() > Date.now() && !ended.has(key)) return { key, user: found.user, expires }
  await deleteStale(config, key)
  return null
}

async function deleteStale({ adapter }: RowConfig, key: string): Promise<void> {
  try {
    await askAdapter('deleteSession', () => adapter.deleteSession(key), writeTimeout)
  }
  catch (error) {
    logWarning(String(error))
  }
}

/**
 * Creates a session for a user. The result has the token for the cookie; the database gets its key. Throws AUTH_R001
 * (503).
 */
export async function createRow(config: RowConfig, userId: string): Promise<AdapterSession> {
  const token = createSessionToken()
  const expires = toNextExpiry(config)
  await config.adapter.createSession({ sessionToken: await toSessionKey(token), userId, expires })
  return { sessionToken: token, userId, expires }
}

/** True once `updateAge` has passed since the last renewal. */
export function isRenewalDue({ expires }: SessionRow, { session }: RowConfig): boolean {
  return expires.getTime() - session.maxAge * 1000 + session.updateAge * 1000 <= Date.now()
}

/**
 * Extends a session. Returns its new expiry, or undefined if the database can't be written: the session goes on
 * either way.
 */
export async function renewRow(config: RowConfig, key: string): Promise<Date | undefined> {
  const expires = toNextExpiry(config)
  try {
    await askAdapter('updateSession', () => writeExpiry(config, key, expires), writeTimeout)
    return expires
  }
  catch (error) {
    logCaught(error)
    return undefined
  }
}

async function writeExpiry({ adapter }: RowConfig, key: string, expires: Date): Promise<void> {
  try {
    await adapter.updateSession({ sessionToken: key, expires })
  }
  finally {
    // After a sign-out in the meantime, an adapter that writes the row that it read before has restored it.
    if (ended.has(key)) await adapter.deleteSession(key)
  }
}

/**
 * Ends a session. Throws AUTH_R001 (503) if the database can't delete it; for this process, the session has ended
 * all the same.
 */
export async function endRow(config: Pick<RowConfig, 'adapter'>, key: string): Promise<EndedRow> {
  const isFirst = !ended.has(key)
  ended.set(key, true)
  try {
    return { session: await config.adapter.deleteSession(key) ?? null, isFirst }
  }
  catch (error) {
    // Some adapters fail on a missing row, as Prisma's does (P2025). Two sign-outs of one session both succeed.
    if (await isMissing(config, key)) return { session: null, isFirst }
    throw error
  }
}

async function isMissing({ adapter }: Pick<RowConfig, 'adapter'>, key: string): Promise<boolean> {
  try {
    return await askAdapter('getSessionAndUser', () => adapter.getSessionAndUser(key), writeTimeout) === null
  }
  catch {
    return false
  }
}

function toNextExpiry({ session }: RowConfig): Date {
  return new Date(Date.now() + session.maxAge * 1000)
}

/**
 * Adapters return dates in the form of their database: as a date, a string or a number. Undefined for an invalid one.
 */
function toDate(value: unknown): Date | undefined {
  if (!(value instanceof Date) && typeof value !== 'string' && typeof value !== 'number') return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date
}
