import type { Awaitable } from '../../shared/types'
import type { Store } from './types'
import { withTimeout } from '../http/timeout'

/** The part of an unstorage driver that this module uses. https://unstorage.unjs.io/guide/custom-driver */
export interface Driver {
  name?: string
  getItem: (key: string, options: object) => Awaitable<unknown>
  getItems?: (items: { key: string, options: object }[], options: object) => Awaitable<{ key: string, value: unknown }[]>
  setItem?: (key: string, value: string, options: { ttl: number }) => Awaitable<unknown>
  removeItem?: (key: string, options: object) => Awaitable<unknown>
  getKeys: (base: string, options: object) => Awaitable<string[]>
}

/** Drivers that expire entries themselves. They need no sweeping, and listing their keys may cost money. */
const expiring = new Set(['upstash', 'vercel-kv', 'cloudflare-kv-binding', 'cloudflare-kv-http', 'deno-kv', 'deno-kv-node'])
/** How often expired entries are removed, in milliseconds. */
const sweepInterval = 10 * 60_000
/** Time limit of one queued operation, in milliseconds. Without it, a driver that never answers would block its key forever. */
const maxTurn = 5000

/**
 * A store over any unstorage driver. Within this process, operations on one key run one after the other.
 * Between processes nothing is atomic, because unstorage drivers have no atomic commands.
 */
export function createDriverStore(driver: Driver, prefix: string): Store {
  const queue = createQueue()
  let nextSweep = Date.now() + sweepInterval

  async function read(name: string): Promise<string | null> {
    return toValue(await driver.getItem(name, {}))
  }

  async function write(name: string, value: string, ttl: number): Promise<void> {
    if (!driver.setItem) throw new Error('the driver is read-only')
    await driver.setItem(name, JSON.stringify({ value, expires: Date.now() + ttl * 1000 }), { ttl: Math.ceil(ttl) })
    if (expiring.has(driver.name ?? '') || Date.now() < nextSweep) return
    nextSweep = Date.now() + sweepInterval
    void sweep().catch(() => {})
  }

  async function sweep(): Promise<void> {
    const names = (await driver.getKeys(prefix, {})).map(name => name.replace(/[/\\]/g, ':'))
    for (const name of names.filter(name => name.startsWith(prefix)))
      await queue(name, async () => await read(name) === null && await driver.removeItem?.(name, {}))
  }

  const within = <T>(key: string, run: (name: string) => Promise<T>) => queue(prefix + key, () => withTimeout(run(prefix + key), maxTurn))
  return {
    isShared: true,
    get: key => read(prefix + key),
    getMany: keys => readMany(driver, keys.map(key => prefix + key)),
    set: (key, value, { ttl }) => within(key, name => write(name, value, ttl)),
    setIfAbsent: (key, value, { ttl }) => within(key, async (name) => {
      if (await read(name) !== null) return false
      await write(name, value, ttl)
      return true
    }),
    take: key => within(key, async (name) => {
      const value = await read(name)
      await driver.removeItem?.(name, {})
      return value
    }),
    remove: key => within(key, async name => void await driver.removeItem?.(name, {})),
    removeIf: (key, value) => within(key, async (name) => {
      if (await read(name) !== value) return false
      await driver.removeItem?.(name, {})
      return true
    }),
    lostUntil: () => 0,
  }
}

/** A queue per name: operations with the same name run one after the other. An empty queue takes no memory. */
export function createQueue() {
  const tails = new Map<string, Promise<unknown>>()
  return async function queue<T>(name: string, run: () => Promise<T>): Promise<T> {
    const turn = (tails.get(name) ?? Promise.resolve()).then(run, run)
    const end = turn.catch(() => {}).finally(() => tails.get(name) === end && tails.delete(name))
    tails.set(name, end)
    return await turn
  }
}

async function readMany(driver: Driver, names: string[]): Promise<(string | null)[]> {
  const items = driver.getItems
    ? await driver.getItems(names.map(key => ({ key, options: {} })), {})
    : await Promise.all(names.map(async key => ({ key, value: await driver.getItem(key, {}) })))
  // A missing entry is an answer that callers act on, so an answer about other keys must not pass for one.
  if (names.some((name, index) => items[index]?.key !== name)) throw new Error('getItems returned other keys than requested')
  return items.map(({ value }) => toValue(value))
}

function toValue(stored: unknown): string | null {
  if (stored === null || stored === undefined) return null
  const { value, expires } = toEntry(stored)
  return expires > Date.now() ? value : null
}

/**
 * Drivers return text, bytes or parsed JSON. Throws on anything that `write` can't have made: a damaged entry may have been
 * a revocation or a lock, so it must not count as missing.
 */
function toEntry(stored: unknown): { value: string, expires: number } {
  const { value, expires } = (parse(stored) ?? {}) as { value?: unknown, expires?: unknown }
  if (typeof value === 'string' && typeof expires === 'number') return { value, expires }
  throw new Error('an entry of the store is damaged')
}

function parse(stored: unknown): unknown {
  const text = stored instanceof Uint8Array ? new TextDecoder().decode(stored) : stored
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  }
  catch {
    return undefined
  }
}
