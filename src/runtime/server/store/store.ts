import { useStorage } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import { createDriverStore } from './driver'
import type { Driver } from './driver'
import { toHash } from '../token/hash'
import { logWarning } from '../log'
import { createMemoryStore } from './memory'
import { createRedisStore, isRedis } from './redis'
import type { Store } from './types'
import { withTimeout } from '../http/timeout'

export type { Lifetime, Store } from './types'

/** Longest wait for the store, in milliseconds. */
const storeTimeout = 2000

const stores = new WeakMap<Driver, Store>()
const local = createMemoryStore()

/** The app's store: what Nitro has mounted as `auth`, else the memory of this process. */
export function getStore(): Store {
  const { driver, base } = useStorage().getMount('auth')
  if (driver.name === 'memory') return local
  const known = stores.get(driver)
  if (known) return known
  const store = createStore(driver, base)
  stores.set(driver, store)
  return store
}

/** A store over one unstorage driver, mounted at `base`. With Redis each operation is one atomic command. */
export function createStore(driver: Driver, base: string): Store {
  // A mount further up, such as the root, serves `auth` among others.
  const prefix = 'auth:'.slice(base.length)
  if (isRedis(driver)) return toBoundedStore(createRedisStore(driver, prefix, storeTimeout))
  logWarning(new NuxtAuthError('AUTH_R012', { driver: driver.name ?? 'of your own' }).message)
  return toBoundedStore(createDriverStore(driver, prefix))
}

/** Hides what keys say, and gives up on whatever takes longer than 2 seconds. */
function toBoundedStore(store: Store): Store {
  const bound = async <T>(key: string, run: (name: string) => Promise<T>, regret = (_: string): unknown => undefined): Promise<T> => {
    const name = await toName(key)
    const attempt = run(name)
    return await withinTime(attempt, () => attempt.catch(() => {}).then(() => regret(name)))
  }
  return {
    isShared: store.isShared,
    get: key => bound(key, name => store.get(name)),
    getMany: async keys => await withinTime(store.getMany(await Promise.all(keys.map(toName)))),
    set: (key, value, lifetime) => bound(key, name => store.set(name, value, lifetime)),
    setIfAbsent: (key, value, lifetime) => bound(key, name => store.setIfAbsent(name, value, lifetime), name => withdraw(store, name, value)),
    take: key => bound(key, name => store.take(name)),
    remove: key => bound(key, name => store.remove(name)),
    removeIf: (key, value) => bound(key, name => store.removeIf(name, value), name => withdraw(store, name, value)),
    lostUntil: store.lostUntil,
  }
}

async function withinTime<T>(attempt: Promise<T>, onFailure = (): unknown => undefined): Promise<T> {
  try {
    return await withTimeout(attempt, storeTimeout)
  }
  catch (cause) {
    // Also where the connection broke: the server may have done what it could not say.
    void onFailure()
    throw new NuxtAuthError('AUTH_R010', {}, { cause })
  }
}

/**
 * Takes back what was set after everybody had left, and what could not be let go of: a lock that nobody knows of would keep
 * everybody out. Whatever came of the attempt: a server that hung may do late what its connection never told.
 */
async function withdraw(store: Store, name: string, value: string, attempts = 5): Promise<void> {
  const again = async () => attempts > 1 ? await withdraw(store, name, value, attempts - 1) : undefined
  await store.removeIf(name, value).then(() => {}, again)
}

// `kind:id` → `kind:hash`: whoever looks into the store sees what an entry is for, and nobody's session.
async function toName(key: string): Promise<string> {
  return `${key.slice(0, key.indexOf(':'))}:${await toHash(key)}`
}
