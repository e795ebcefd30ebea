import type { Awaitable } from '../../shared/types'
import { withTimeout } from '../http/timeout'
import { createQueue } from './queue'
import type { Store } from './types'

/** The part of an unstorage driver that this module uses. https://unstorage.unjs.io/guide/custom-driver */
export interface Driver {
  name?: string
  getItem: (key: string, options: object) => Awaitable<unknown>
  getItems?: (items: { key: string, options: object }[], options: object) => Awaitable<Item[]>
  setItem?: (key: string, value: string, options: { ttl: number }) => Awaitable<unknown>
  removeItem?: (key: string, options: object) => Awaitable<unknown>
  getKeys: (base: string, options: object) => Awaitable<string[]>
}

interface Item { key: string, value: unknown }

/** Drivers that expire entries themselves. They need no sweeping, and listing their keys may cost money. */
const expiringDrivers = new Set([
  'upstash', 'vercel-kv', 'cloudflare-kv-binding', 'cloudflare-kv-http', 'deno-kv', 'deno-kv-node',
])
/** How often expired entries are removed, in milliseconds. */
const sweepInterval = 10 * 60_000
/** Time limit of one queued operation, in milliseconds. A driver that never answers would block its key forever. */
const operationTimeout = 5000

/**
 * A store over any unstorage driver; `prefix` precedes its keys. Within this process, operations on one key run one
 * after the other. Between processes nothing is atomic, because unstorage drivers have no atomic commands.
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
    if (expiringDrivers.has(driver.name ?? '') || Date.now() < nextSweep) return
    nextSweep = Date.now() + sweepInterval
    void sweep().catch(() => {})
  }

  async function sweep(): Promise<void> {
    const names = (await driver.getKeys(prefix, {})).map(name => name.replace(/[/\\]/g, ':'))
    for (const name of names.filter(name => name.startsWith(prefix)))
      await queue(name, async () => await read(name) === null && await driver.removeItem?.(name, {}))
  }

  async function runInTurn<T>(key: string, run: (name: string) => Promise<T>): Promise<T> {
    const name = prefix + key
    return await queue(name, () => withTimeout(run(name), operationTimeout))
  }

  return {
    isShared: true,
    get: key => read(prefix + key),
    getMany: keys => readMany(driver, keys.map(key => prefix + key)),
    set: (key, value, { ttl }) => runInTurn(key, name => write(name, value, ttl)),
    setIfAbsent: (key, value, { ttl }) => runInTurn(key, async (name) => {
      if (await read(name) !== null) return false
      await write(name, value, ttl)
      return true
    }),
    removeIf: (key, value) => runInTurn(key, async (name) => {
      if (await read(name) !== value) return false
      await driver.removeItem?.(name, {})
      return true
    }),
    lostUntil: () => 0,
  }
}

async function readMany(driver: Driver, names: string[]): Promise<(string | null)[]> {
  const items = await getItems(driver, names)
  // Callers act on a missing entry, so the entries of other keys must not count as these keys missing.
  if (names.some((name, index) => items[index]?.key !== name)) {
    throw new Error('getItems returned other keys than requested')
  }
  return items.map(({ value }) => toValue(value))
}

async function getItems(driver: Driver, names: string[]): Promise<Item[]> {
  if (driver.getItems) return await driver.getItems(names.map(key => ({ key, options: {} })), {})
  return await Promise.all(names.map(async key => ({ key, value: await driver.getItem(key, {}) })))
}

function toValue(stored: unknown): string | null {
  if (stored === null || stored === undefined) return null
  const { value, expires } = toEntry(stored)
  return expires > Date.now() ? value : null
}

/**
 * Drivers return text, bytes or parsed JSON. Throws on anything that `write` can't have made: a damaged entry may
 * have been a revocation or a lock, so it must not count as missing.
 */
function toEntry(stored: unknown): { value: string, expires: number } {
  const parsed = parse(stored)
  if (isEntry(parsed)) return parsed
  throw new Error('an entry of the store is damaged')
}

function isEntry(value: unknown): value is { value: string, expires: number } {
  if (typeof value !== 'object' || value === null || !('value' in value) || !('expires' in value)) return false
  return typeof value.value === 'string' && typeof value.expires === 'number'
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
