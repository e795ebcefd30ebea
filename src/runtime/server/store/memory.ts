import type { Store } from './types'

interface Entry { value: string, expires: number }

/** Entries kept at most. At some 300 bytes each this is 30 MB. */
const defaultMax = 100_000
/** How often what has ended is cleared away, in milliseconds. */
const sweepInterval = 60_000

/** A store in the memory of this process: bounded, and nothing in it outlives its end. */
export function createMemoryStore(max = defaultMax): Store & { readonly size: number } {
  const entries = new Map<string, Entry>()
  let nextSweep = 0

  function find(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (!entry || entry.expires > Date.now()) return entry
    entries.delete(key)
  }

  function sweep(): void {
    for (const [key, { expires }] of entries) if (expires <= Date.now()) entries.delete(key)
    nextSweep = Date.now() + sweepInterval
  }

  function put(key: string, value: string, ttl: number): void {
    if (Date.now() >= nextSweep || entries.size >= max) sweep()
    // Anew at the end of the line: when there is no room, whoever has waited longest goes.
    entries.delete(key)
    if (entries.size >= max) entries.delete(entries.keys().next().value ?? '')
    entries.set(key, { value, expires: Date.now() + ttl * 1000 })
  }

  // JavaScript runs each of these to its end before the next begins: that is what makes them atomic.
  return {
    isShared: false,
    get size() { return entries.size },
    get: async key => find(key)?.value ?? null,
    getMany: async keys => keys.map(key => find(key)?.value ?? null),
    set: async (key, value, { ttl }) => put(key, value, ttl),
    setIfAbsent: async (key, value, { ttl }) => {
      if (find(key)) return false
      put(key, value, ttl)
      return true
    },
    take: async (key) => {
      const entry = find(key)
      entries.delete(key)
      return entry?.value ?? null
    },
    remove: async key => void entries.delete(key),
    removeIf: async (key, value) => find(key)?.value === value && entries.delete(key),
  }
}
