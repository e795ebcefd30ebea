import { BoundedMap } from '../../shared/bounded-map'
import type { AuthEvent } from '../../shared/types'
import { isDue, toEnd, toNextEnd } from '../config/lifetime'
import type { RequestConfig } from '../config/load'
import { getRequestParts } from '../http/request'
import { logWarning } from '../log'
import { createQueue } from '../store/queue'
import { getStore } from '../store/store'
import type { JWT } from '../token/claims'
import { decodeToken, encodeToken } from '../token/codec'
import { findRevoked, toLifetime } from './revocation'

/** A session in the list of its user. Times in seconds since 1970. */
interface Entry {
  sid: string
  epoch?: string
  createdAt: number
  lastSeenAt: number
  userAgent: string | null
  end: number
}

/** A session as its user may see it. */
export interface UserSession {
  sid: string
  createdAt: Date
  /** Accurate to a minute. */
  lastSeenAt: Date
  userAgent: string | null
}

/**
 * Sessions in a list at most: those seen last. A session that is not listed still ends when all sessions are revoked.
 */
const maxSessions = 50
/** Accuracy of `lastSeenAt`, in seconds. A session is not written more often. */
const precision = 60
/** Not the name of a cookie, so that a list's key can't decrypt a session cookie. */
const salt = 'nuxt-authjs.sessions'

/** When this process last wrote a session to the list, in seconds since 1970, by `sid`. */
const lastWrites = new BoundedMap<string, number>(10_000)
const queue = createQueue()

/**
 * Adds a session to the list of its user, or updates `lastSeenAt`, if the definition asks for lists. Never throws: a
 * request doesn't fail because the list can't be written.
 */
export async function noteSession(event: AuthEvent, config: RequestConfig, token: JWT): Promise<void> {
  const { sid, sub } = token
  if (!config.session.revocable?.list || sid === undefined || sub === undefined || !isWriteDue(sid)) return
  const entry = toEntry(event, config, sid, token)
  try {
    // Queued per user, so that two of their sessions don't overwrite each other.
    await queue(sub, () => write(config, sub, entry))
  }
  catch (error) {
    logWarning(`the list of a user's sessions could not be written: ${String(error)}`)
  }
}

/** The current sessions of a user, the one seen last first. Throws AUTH_R010 (503). */
export async function listSessions(config: RequestConfig, sub: string): Promise<UserSession[]> {
  const entries = await read(config, sub)
  if (entries.length === 0) return []
  const revoked = await findRevoked(sub, entries.map(entry => ({ ...entry, auth_time: entry.createdAt })))
  return entries.filter((_, index) => !revoked[index]).map(({ sid, createdAt, lastSeenAt, userAgent }) =>
    ({ sid, createdAt: new Date(createdAt * 1000), lastSeenAt: new Date(lastSeenAt * 1000), userAgent }))
}

function toEntry(event: AuthEvent, { session }: RequestConfig, sid: string, token: JWT): Entry {
  const end = isDue(token, session) ? toNextEnd(token, session) : toEnd(token, session)
  return {
    sid,
    epoch: token.epoch,
    createdAt: token.auth_time ?? 0,
    lastSeenAt: toSeconds(),
    userAgent: getRequestParts(event).headers.get('user-agent')?.slice(0, 256) ?? null,
    end: end / 1000,
  }
}

async function write(config: RequestConfig, sub: string, entry: Entry): Promise<void> {
  const others = (await read(config, sub)).filter(({ sid }) => sid !== entry.sid)
  const sessions = [entry, ...others].slice(0, maxSessions)
  const lifetime = toLifetime(config.session)
  // Encrypted, because devices and times are personal data, and a `sid` identifies a session.
  const list = await encodeToken({ token: { sessions }, secret: config.secret, salt, maxAge: lifetime.ttl })
  await getStore().set(`sessions:${sub}`, list, lifetime)
}

async function read({ secret }: RequestConfig, sub: string): Promise<Entry[]> {
  const stored = await getStore().get(`sessions:${sub}`)
  // A list that can't be decrypted, as after a change of the secret, counts as empty. The next write replaces it.
  const list = stored === null ? null : await decodeToken({ token: stored, secret, salt })
  const entries: unknown[] = Array.isArray(list?.sessions) ? list.sessions : []
  return entries.filter(isEntry).filter(({ end }) => end > toSeconds())
}

// The list is authentic, so this only tells an entry from another version's.
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null || !('sid' in value) || !('end' in value)) return false
  return typeof value.sid === 'string' && typeof value.end === 'number'
}

/** True once per session and minute. */
function isWriteDue(sid: string): boolean {
  const now = toSeconds()
  if (now - (lastWrites.get(sid) ?? 0) < precision) return false
  lastWrites.set(sid, now)
  return true
}

function toSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
