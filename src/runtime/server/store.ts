import { useStorage } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../shared/errors'
import { createDriverStore } from './driver-store'
import type { Driver } from './driver-store'
import { toHash } from './hash'
import { logWarning } from './log'
import { createMemoryStore } from './memory-store'
import { createRedisStore, isRedis } from './redis-store'

/** How long an entry lives, in seconds. Every entry ends: nothing here is kept for good. */
export interface Lifetime { ttl: number }

/**
 * What instances of the app tell each other. Keys read `kind:id`; at rest the id is a hash. Values are stored as given:
 * what nobody may read is encrypted by who sets it. Throws AUTH_R010 (503) when the store does not answer.
 */
export interface Store {
  /** True where other instances may see the same entries; false for the memory of this process. */
  readonly isShared: boolean
  get: (key: string) => Promise<string | null>
  /** The values of several keys, in one read where the driver has such a thing. */
  getMany: (keys: string[]) => Promise<(string | null)[]>
  set: (key: string, value: string, lifetime: Lifetime) => Promise<void>
  /** Sets what is not there yet. Of all who try at once, one gets true. */
  setIfAbsent: (key: string, value: string, lifetime: Lifetime) => Promise<boolean>
  /** The value, and it is gone. Of all who try at once, one gets it. */
  take: (key: string) => Promise<string | null>
  remove: (key: string) => Promise<void>
  /** Removes what still is `value`; true where it was. */
  removeIf: (key: string, value: string) => Promise<boolean>
}

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
  const bound = async <T>(key: string, run: (name: string) => Promise<T>, regret?: (name: string, late: T) => unknown): Promise<T> => {
    const name = await toName(key)
    const attempt = run(name)
    return await withTimeout(attempt, () => void attempt.then(late => regret?.(name, late)).catch(() => {}))
  }
  const getMany = async (keys: string[]) => await withTimeout(store.getMany(await Promise.all(keys.map(toName))), () => {})
  return {
    isShared: store.isShared,
    get: key => bound(key, name => store.get(name)),
    getMany,
    set: (key, value, lifetime) => bound(key, name => store.set(name, value, lifetime)),
    // A lock that is won after everybody has left would keep everybody out.
    setIfAbsent: (key, value, lifetime) => bound(key, name => store.setIfAbsent(name, value, lifetime), (name, isLateWin) => isLateWin && store.removeIf(name, value)),
    take: key => bound(key, name => store.take(name)),
    remove: key => bound(key, name => store.remove(name)),
    removeIf: (key, value) => bound(key, name => store.removeIf(name, value)),
  }
}

// `kind:id` → `kind:hash`: whoever looks into the store sees what an entry is for, and nobody's session.
async function toName(key: string): Promise<string> {
  return `${key.slice(0, key.indexOf(':'))}:${await toHash(key)}`
}

async function withTimeout<T>(attempt: Promise<T>, onTimeout: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onTimeout()
      reject(new Error(`no answer within ${storeTimeout} ms`))
    }, storeTimeout)
  })
  try {
    return await Promise.race([attempt, timeout])
  }
  catch (cause) {
    throw new NuxtAuthError('AUTH_R010', {}, { cause })
  }
  finally {
    clearTimeout(timer)
  }
}
