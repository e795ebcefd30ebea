import { NuxtAuthError } from '../../shared/errors'
import type { RequestConfig } from '../config/load'
import { createMemoryStore } from '../store/memory'
import { getStore } from '../store/store'
import { decodeToken, encodeToken } from '../token/codec'

/** How the last refresh of a session ended. */
export interface Outcome {
  /** What the token gets: of this refresh, and of those before it that are still remembered. */
  claims?: object
  /** When it succeeded, and when it failed last; milliseconds since 1970. */
  at?: number
  failed?: number
  /** The provider has taken the grant back. */
  isEnded?: true
}

/** How long an outcome is remembered, in seconds: requests that carry the cookie from before it still arrive. */
const memory = 60
/** The derivation of a key of its own: what is remembered can't be used as a cookie, nor the other way round. */
const salt = 'nuxt-authjs.refresh'

/** This process remembers on its own, too: an outcome must not be lost because the store went away while it was fetched. */
const own = createMemoryStore(10_000)

/**
 * False while this process remembers as many outcomes as it can, of all sessions or of this user. Then the provider is not asked:
 * a forgotten outcome would send its refresh token a second time, for which providers end the session.
 */
export function canRemember(id: string, owner: string | undefined): boolean {
  return own.hasRoom(toKey(id), owner)
}

/** Keeps an outcome, encrypted. Never throws: the caller already has the new tokens. */
export async function remember({ secret }: RequestConfig, id: string, owner: string | undefined, outcome: Outcome): Promise<void> {
  const value = await encodeToken({ token: { id, outcome }, secret, salt, maxAge: memory })
  await own.set(toKey(id), value, { ttl: memory, owner })
  const store = getStore()
  if (store.isShared) await store.set(toKey(id), value, { ttl: memory }).catch(() => {})
}

/** The last outcome of a session, or nothing. Throws AUTH_R010 (503) when the store does not answer. */
export async function recall(config: RequestConfig, id: string): Promise<Outcome> {
  const store = getStore()
  const value = store.isShared ? await store.get(toKey(id)) : null
  return value === null ? await recallOwn(config, id) : await open(config, id, value)
}

/** The last outcome that this process knows of. */
export async function recallOwn(config: RequestConfig, id: string): Promise<Outcome> {
  const value = await own.get(toKey(id))
  return value === null ? {} : await open(config, id, value)
}

async function open({ secret }: RequestConfig, id: string, value: string): Promise<Outcome> {
  const remembered = await decodeToken({ token: value, secret, salt })
  // Written by `remember` alone: nobody else can encrypt it. The id says that nobody moved it here from another session.
  if (remembered) return remembered.id === id ? remembered.outcome as Outcome : {}
  // Something was remembered. To count it as nothing would use its refresh token a second time.
  throw new NuxtAuthError('AUTH_R010', {}, { cause: new Error('the outcome of a refresh is damaged') })
}

function toKey(id: string): string {
  return `refresh:${id}`
}
