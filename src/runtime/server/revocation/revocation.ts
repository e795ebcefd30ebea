import { NuxtAuthError } from '../../shared/errors'
import type { Lifetimes } from '../config/lifetime'
import { logWarning } from '../log'
import { getStore } from '../store/store'
import type { Store } from '../store/store'
import { createId } from '../token/base64url'
import type { JWT } from '../token/claims'
import { toHash } from '../token/hash'

/**
 * The record of `revokeUser`: it ends the user's sessions that don't carry its ID, except those in `except` (hashes
 * of `sid`). Epochs are told apart by ID, not by time, because the clocks of two instances never agree exactly.
 */
interface Epoch { id: string, except: string[] }

/** What identifies a session, and when it began, in seconds since 1970. */
type SessionClaims = Pick<JWT, 'sid' | 'epoch' | 'auth_time'>

/**
 * How much longer than a session a revocation is kept, in seconds. A read that began before the sign-out may send a
 * cookie after it, with a full lifetime ahead. The revocation must outlive that cookie.
 */
const leeway = 60 * 60

/** Stores that `warnFull` has warned about. */
const warned = new WeakSet<Store>()

/** True if this session was revoked. One read of the store. Throws AUTH_R010 (503). */
export async function isRevoked(token: JWT): Promise<boolean> {
  const [isOver = true] = await findRevoked(token.sub, [token])
  return isOver
}

/** For each of a user's sessions, true if it was revoked. One read of the store for all. Throws AUTH_R010 (503). */
export async function findRevoked(sub: string | undefined, sessions: SessionClaims[]): Promise<boolean[]> {
  const store = getStore()
  const keys = sessions.map(({ sid }) => `revoked:${sid}`)
  const [record = null, ...marks] = await store.getMany([toEpochKey(sub), ...keys])
  // Tokens without a user ID would all share one record.
  const epoch = sub ? toEpoch(record) : undefined
  const lostUntil = Math.max(store.lostUntil('revoked', sub), store.lostUntil('epoch'))
  return await Promise.all(sessions.map(async (session, index) => {
    // A token from before sessions had an ID can't be revoked, so it isn't accepted.
    if (session.sid === undefined || marks[index] !== null) return true
    // The revocation of a session that began until then may have been dropped for lack of room.
    if (lostUntil > 0 && (session.auth_time ?? 0) <= lostUntil) return true
    return epoch !== undefined && epoch.id !== session.epoch && !epoch.except.includes(await toHash(session.sid))
  }))
}

/** Revokes a session on every instance. `owner` is its user's ID. Throws AUTH_R010 (503). */
export async function revoke(sid: string, owner: string | undefined, lifetimes: Lifetimes): Promise<void> {
  const store = getStore()
  await store.set(`revoked:${sid}`, '1', { ...toLifetime(lifetimes), owner })
  warnFull(store)
}

/** Revokes every session of a user, except those with a `sid` in `except`. Throws AUTH_R010 (503). */
export async function revokeUser(sub: string, except: string[], lifetimes: Lifetimes): Promise<void> {
  const epoch: Epoch = { id: createId(9), except: await Promise.all(except.map(toHash)) }
  const store = getStore()
  await store.set(toEpochKey(sub), JSON.stringify(epoch), toLifetime(lifetimes))
  warnFull(store)
}

/** The claim that keeps a new session from being revoked by an earlier `revokeUser`. Throws AUTH_R010 (503). */
export async function getEpochClaim(sub: string | undefined, { revocable }: Lifetimes): Promise<{ epoch?: string }> {
  if (!revocable || !sub) return {}
  const epoch = toEpoch(await getStore().get(toEpochKey(sub)))
  return epoch ? { epoch: epoch.id } : {}
}

/** How long the store keeps entries about this app's sessions. */
export function toLifetime({ maxAge }: Lifetimes): { ttl: number } {
  return { ttl: maxAge + leeway }
}

function toEpochKey(sub: string | undefined): string {
  return `epoch:${sub ?? ''}`
}

/** Throws AUTH_R010 (503) for a damaged record: it ended sessions, but there is no telling which. */
function toEpoch(record: string | null): Epoch | undefined {
  if (record === null) return undefined
  const epoch = parse(record)
  if (isEpoch(epoch)) return epoch
  const cause = new Error('the record that ended all sessions of a user is damaged')
  throw new NuxtAuthError('AUTH_R010', {}, { cause })
}

function isEpoch(value: unknown): value is Epoch {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('except' in value)) return false
  return typeof value.id === 'string' && value.id !== '' && Array.isArray(value.except)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  }
  catch {
    return undefined
  }
}

/** Warns once per store that revocations were dropped for lack of room, and which sessions that ends (AUTH_S022). */
function warnFull(store: Store): void {
  const lostUntil = Math.max(store.lostUntil('revoked'), store.lostUntil('epoch'))
  if (lostUntil === 0 || warned.has(store)) return
  warned.add(store)
  logWarning(new NuxtAuthError('AUTH_S022', { time: new Date(lostUntil * 1000).toISOString() }).message)
}
