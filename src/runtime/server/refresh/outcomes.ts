import { NuxtAuthError } from '../../shared/errors'
import type { RequestConfig } from '../config/load'
import { createMemoryStore } from '../store/memory'
import { getStore } from '../store/store'
import type { JWT } from '../token/claims'
import { decodeToken, encodeToken } from '../token/codec'

/** How the last refresh of a session ended. */
export interface Outcome {
  /** New claims for the token: of this refresh, and of earlier ones that are still remembered. */
  claims?: object
  /** Time of the last success, in milliseconds since 1970. */
  refreshedAt?: number
  /** Time of the last failure, in milliseconds since 1970. */
  failedAt?: number
  /** The provider has revoked the grant. */
  isEnded?: true
}

/** The secrets that outcomes are encrypted with. */
type Keys = Pick<RequestConfig, 'secret'>

/** How long an outcome is remembered, in seconds: requests with the old cookie may still arrive. */
const ttl = 60
/** Derives a key of its own: a remembered outcome can't be used as a cookie, nor a cookie as an outcome. */
const salt = 'nuxt-authjs.refresh'

/**
 * Outcomes are kept in this process too: none is lost if the store fails while the provider answers. They live for a
 * minute, so one user may have thousands: a service account with a session for each of its jobs has.
 */
const local = createMemoryStore(50_000, 5_000)

/** A copy of the token with the claims of a refresh. */
export function withClaims(token: JWT, { claims }: Outcome): JWT {
  return { ...token, ...claims }
}

/**
 * False if this process can't remember another outcome, of any session or of this user. Then the provider must not be
 * called: a forgotten outcome would use its refresh token a second time, and providers end the session for that.
 */
export function canRemember(id: string, owner: string | undefined): boolean {
  return local.hasRoom(toKey(id), owner)
}

/** Keeps an outcome for a minute, encrypted. Ignores a failure of the store: the caller already has the new tokens. */
export async function remember(
  { secret }: Keys, id: string, owner: string | undefined, outcome: Outcome,
): Promise<void> {
  const value = await encodeToken({ token: { id, outcome }, secret, salt, maxAge: ttl })
  await local.set(toKey(id), value, { ttl, owner })
  const store = getStore()
  if (store.isShared) await store.set(toKey(id), value, { ttl }).catch(() => {})
}

/** The last outcome of a session, `{}` if unknown. Throws AUTH_R010 (503) if the store fails or holds garbage. */
export async function recall(keys: Keys, id: string): Promise<Outcome> {
  const store = getStore()
  const value = store.isShared ? await store.get(toKey(id)) : null
  return value === null ? await recallLocal(keys, id) : await decrypt(keys, id, value)
}

/** The last outcome that this process remembers, without a call to the store. Empty if there is none. */
export async function recallLocal(keys: Keys, id: string): Promise<Outcome> {
  const value = await local.get(toKey(id))
  return value === null ? {} : await decrypt(keys, id, value)
}

async function decrypt({ secret }: Keys, id: string, value: string): Promise<Outcome> {
  const remembered = await decodeToken({ token: value, secret, salt })
  // An unreadable outcome can't count as missing: its refresh token would be used a second time.
  if (!remembered) throw new NuxtAuthError('AUTH_R010', {}, { cause: new Error('the outcome of a refresh is damaged') })
  // The ID proves that the value was not moved here from another session.
  if (remembered.id !== id) return {}
  // Authenticated encryption: only `remember` can have written it.
  return remembered.outcome as Outcome
}

function toKey(id: string): string {
  return `refresh:${id}`
}
