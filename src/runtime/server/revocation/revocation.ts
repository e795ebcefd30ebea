import { NuxtAuthError } from '../../shared/errors'
import { createId } from '../token/base64url'
import { toHash } from '../token/hash'
import type { Lifetimes } from '../config/lifetime'
import { logWarning } from '../log'
import type { JWT } from '../token/claims'
import { getStore } from '../store/store'
import type { Store } from '../store/store'

/**
 * What ended a user's sessions: all that were signed in under another id, but for `except` (hashes of `sid`).
 * An id, and not a time: the clocks of two instances never agree.
 */
interface Epoch { id: string, except: string[] }

/**
 * How much longer than a session a revocation is kept, in seconds. A read that began before the sign-out may hand out a cookie
 * after it, with a full life ahead: what was revoked stays so until that one is over, too.
 */
const leeway = 60 * 60

/** Stores that `warnFull` has warned about. */
const warned = new WeakSet<Store>()

/** True where this session was ended. One read of the store. Throws AUTH_R010 (503). */
export async function isRevoked(token: JWT): Promise<boolean> {
  const [isOver = true] = await findRevoked(token.sub, [token])
  return isOver
}

/** For each of a user's sessions, whether it was ended. One read of the store, however many. Throws AUTH_R010 (503). */
export async function findRevoked(sub: string | undefined, sessions: Pick<JWT, 'sid' | 'epoch' | 'auth_time'>[]): Promise<boolean[]> {
  const store = getStore()
  const [record = null, ...marks] = await store.getMany([toEpochKey(sub), ...sessions.map(({ sid }) => `revoked:${sid}`)])
  // Whoever has no id shares it with nobody.
  const epoch = sub ? toEpoch(record) : undefined
  // Its revocation may have been dropped for lack of room: a session that began before counts as revoked.
  const lostUntil = Math.max(store.lostUntil('revoked', sub), store.lostUntil('epoch'))
  // What can't be revoked can't be believed: a token from before sessions had an id.
  return await Promise.all(sessions.map(async ({ sid, epoch: begun, auth_time: began = 0 }, index) => sid === undefined || marks[index] !== null
    || (lostUntil > 0 && began <= lostUntil)
    || (epoch !== undefined && epoch.id !== begun && !epoch.except.includes(await toHash(sid)))))
}

/** Ends a session of a user on every instance. Throws AUTH_R010 (503). */
export async function revoke(sid: string, owner: string | undefined, lifetimes: Lifetimes): Promise<void> {
  const store = getStore()
  await store.set(`revoked:${sid}`, '1', { ...toLifetime(lifetimes), owner })
  warnFull(store)
}

/** Ends every session of a user, except those named by their `sid`. Throws AUTH_R010 (503). */
export async function revokeUser(sub: string, except: string[], lifetimes: Lifetimes): Promise<void> {
  const epoch: Epoch = { id: createId(9), except: await Promise.all(except.map(toHash)) }
  const store = getStore()
  await store.set(toEpochKey(sub), JSON.stringify(epoch), toLifetime(lifetimes))
  warnFull(store)
}

/** The claim of a session that begins now, by which it is told from those that `revokeUser` ended before. Throws AUTH_R010 (503). */
export async function getEpochClaim(sub: string | undefined, { revocable }: Lifetimes): Promise<{ epoch?: string }> {
  if (!revocable || !sub) return {}
  const epoch = toEpoch(await getStore().get(toEpochKey(sub)))
  return epoch ? { epoch: epoch.id } : {}
}

/** How long to keep what is about sessions of this app. */
export function toLifetime({ maxAge }: Lifetimes): { ttl: number } {
  return { ttl: maxAge + leeway }
}

function toEpochKey(sub: string | undefined): string {
  return `epoch:${sub ?? ''}`
}

/** Throws AUTH_R010 (503) for a damaged record: it ended sessions, and nobody knows any more which. */
function toEpoch(record: string | null): Epoch | undefined {
  if (record === null) return undefined
  const { id, except } = (parse(record) ?? {}) as Partial<Epoch>
  if (typeof id === 'string' && id !== '' && Array.isArray(except)) return { id, except }
  throw new NuxtAuthError('AUTH_R010', {}, { cause: new Error('the record that ended all sessions of a user is damaged') })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  }
  catch {
    return undefined
  }
}

/** Logs once that revocations were dropped for lack of room, and what that does. */
function warnFull(store: Store): void {
  const lostUntil = Math.max(store.lostUntil('revoked'), store.lostUntil('epoch'))
  if (lostUntil === 0 || warned.has(store)) return
  warned.add(store)
  logWarning(new NuxtAuthError('AUTH_S022', { time: new Date(lostUntil * 1000).toISOString() }).message)
}
