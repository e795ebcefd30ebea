import { useStorage } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import { withTimeout } from '../http/timeout'
import { logWarning } from '../log'
import { toHash } from '../token/hash'
import { createDriverStore } from './driver'
import type { Driver } from './driver'
import { createMemoryStore } from './memory'
import { createRedisStore, isRedis } from './redis'
import type { Store } from './types'

export type { Lifetime, Store } from './types'

/** Longest wait for the store, in milliseconds. */
const storeTimeout = 2000
/** How often an operation that timed out is withdrawn at most. */
const maxWithdrawals = 5

const stores = new WeakMap<Driver, Store>()
const local = createMemoryStore()
/** Stores that `warnUnshared` has warned about. */
const warned = new WeakSet<Store>()

/** The app's store: the storage that Nitro has mounted as `auth`, else the memory of this process. */
export function getStore(): Store {
  const { driver, base } = useStorage().getMount('auth')
  if (driver.name === 'memory') return local
  const known = stores.get(driver)
  if (known) return known
  const store = createStore(driver, base)
  stores.set(driver, store)
  return store
}

/** A store over one unstorage driver, mounted at `base`. With Redis each write is one atomic command. */
export function createStore(driver: Driver, base: string): Store {
  // A mount further up, such as the root, also has other entries than those below `auth`.
  const prefix = 'auth:'.slice(base.length)
  if (isRedis(driver)) return toBoundedStore(createRedisStore(driver, prefix, storeTimeout))
  logWarning(new NuxtAuthError('AUTH_R012', { driver: driver.name ?? 'of your own' }).message)
  return toBoundedStore(createDriverStore(driver, prefix))
}

/**
 * Warns once per store in production that other instances don't see sign-outs (AUTH_S020), unless the store is
 * shared.
 */
export function warnUnshared(store: Store = getStore()): void {
  if (import.meta.dev || import.meta.prerender || store.isShared || warned.has(store)) return
  warned.add(store)
  logWarning(new NuxtAuthError('AUTH_S020').message)
}

/** Hashes the ids in keys. Fails with AUTH_R010 (503) if the store fails, or takes longer than 2 seconds. */
function toBoundedStore(store: Store): Store {
  return {
    isShared: store.isShared,
    get: async key => await requireResult(store.get(await toName(key))),
    getMany: async keys => await requireResult(store.getMany(await Promise.all(keys.map(toName)))),
    set: async (key, value, lifetime) => await requireResult(store.set(await toName(key), value, lifetime)),
    async setIfAbsent(key, value, lifetime) {
      const name = await toName(key)
      const attempt = store.setIfAbsent(name, value, lifetime)
      return await requireResult(attempt, () => withdraw(store, name, value, attempt))
    },
    async removeIf(key, value) {
      const name = await toName(key)
      const attempt = store.removeIf(name, value)
      return await requireResult(attempt, () => withdraw(store, name, value, attempt))
    },
    lostUntil: store.lostUntil,
  }
}

async function requireResult<T>(attempt: Promise<T>, onFailure = async () => {}): Promise<T> {
  try {
    return await withTimeout(attempt, storeTimeout)
  }
  catch (cause) {
    void onFailure()
    throw new NuxtAuthError('AUTH_R010', {}, { cause })
  }
}

/**
 * Removes `value` once an attempt to set or remove it, which has failed for its caller, has ended. Otherwise a lock
 * that nobody owns could stay until it expires: a server may execute a command although its connection broke, or long
 * after.
 */
async function withdraw(store: Store, name: string, value: string, attempt: Promise<unknown>): Promise<void> {
  await attempt.catch(() => {})
  for (let count = 0; count < maxWithdrawals; count++) {
    const isDone = await store.removeIf(name, value).then(() => true, () => false)
    if (isDone) return
  }
}

/** `kind:id` → `kind:hash`: a reader of the store sees the purpose of an entry, and no session. */
async function toName(key: string): Promise<string> {
  return `${key.slice(0, key.indexOf(':'))}:${await toHash(key)}`
}
