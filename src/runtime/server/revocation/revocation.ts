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

/** Stores whose limits have been told. */
const told = new WeakSet<Store>()

/** True where this session was ended. One read of the store. Throws AUTH_R010 (503). */
export async function isRevoked(token: JWT): Promise<boolean> {
  const [isOver = true] = await findRevoked(token.sub, [token])
  return isOver
}

/** For each of a user's sessions, whether it was ended. One read of the store, however many. Throws AUTH_R010 (503). */
export async function findRevoked(sub: string | undefined, sessions: Pick<JWT, 'sid' | 'epoch'>[]): Promise<boolean[]> {
  const [record = null, ...marks] = await getStore().getMany([toEpochKey(sub), ...sessions.map(({ sid }) => `revoked:${sid}`)])
  // Whoever has no id shares it with nobody.
  const epoch = sub ? toEpoch(record) : undefined
  // What can't be revoked can't be believed: a token from before sessions had an id.
  return await Promise.all(sessions.map(async ({ sid, epoch: begun }, index) => sid === undefined || marks[index] !== null
    || (epoch !== undefined && epoch.id !== begun && !epoch.except.includes(await toHash(sid)))))
}

/** Ends a session on every instance. Throws AUTH_R010 (503). */
export async function revoke(sid: string, lifetimes: Lifetimes): Promise<void> {
  await getStore().set(`revoked:${sid}`, '1', toLifetime(lifetimes))
}

/** Ends every session of a user, except those named by their `sid`. Throws AUTH_R010 (503). */
export async function revokeUser(sub: string, except: string[], lifetimes: Lifetimes): Promise<void> {
  const epoch: Epoch = { id: createId(9), except: await Promise.all(except.map(toHash)) }
  await getStore().set(toEpochKey(sub), JSON.stringify(epoch), toLifetime(lifetimes))
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

/** Says once that nobody else learns of a sign-out, where that is so. */
export function warnUnshared(store: Store = getStore()): void {
  if (import.meta.dev || import.meta.prerender || store.isShared || told.has(store)) return
  told.add(store)
  logWarning(new NuxtAuthError('AUTH_S020').message)
}

function toEpochKey(sub: string | undefined): string {
  return `epoch:${sub ?? ''}`
}

function toEpoch(record: string | null): Epoch | undefined {
  // Written above, by this app.
  return record === null ? undefined : JSON.parse(record) as Epoch
}
