import { NuxtAuthError } from '../../shared/errors'
import { MemoryKind } from './memory-kind'
import type { Lifetime, Store } from './types'

/** Living entries of one kind at most. At some 400 bytes each this is 40 MB. */
const defaultMax = 100_000
/** Living entries of one owner and kind at most: a user who signs in and out all day takes no room from anybody else. */
const maxOwned = 100
/** Kinds whose entries are large: the sealed list of a user's sessions has up to 15 kB. */
const maxLarge: Record<string, number> = { sessions: 10_000 }

export interface MemoryStore extends Store {
  readonly size: number
  /** False where setting this key would drop a living entry. */
  hasRoom: (key: string, owner?: string) => boolean
}

/**
 * A store in the memory of this process. Each kind of entry has its own bounded map, so that a flood of one kind drops none of another.
 * Without room, `set` drops the oldest entry of its kind and `lostUntil` says so; `setIfAbsent` throws AUTH_R010 (503) instead,
 * because a dropped entry could be won a second time.
 */
export function createMemoryStore(max = defaultMax): MemoryStore {
  const kinds = new Map<string, MemoryKind>()

  function toKind(key: string): MemoryKind {
    const name = key.slice(0, Math.max(0, key.indexOf(':')))
    const kind = kinds.get(name) ?? new MemoryKind(Math.min(max, maxLarge[name] ?? max), maxOwned)
    kinds.set(name, kind)
    return kind
  }

  function put(key: string, value: string, lifetime: Lifetime): void {
    for (const kind of kinds.values()) kind.sweepIfDue()
    toKind(key).put(key, value, lifetime)
  }

  // JavaScript runs each of these to its end before the next begins: that is what makes them atomic.
  return {
    isShared: false,
    get size() { return [...kinds.values()].reduce((sum, { size }) => sum + size, 0) },
    get: async key => toKind(key).find(key) ?? null,
    getMany: async keys => keys.map(key => toKind(key).find(key) ?? null),
    set: async (key, value, lifetime) => put(key, value, lifetime),
    setIfAbsent: async (key, value, lifetime) => {
      const kind = toKind(key)
      if (kind.find(key) !== undefined) return false
      if (!kind.hasRoom()) throw new NuxtAuthError('AUTH_R010', {}, { cause: new Error('the memory of this process has no room left') })
      put(key, value, lifetime)
      return true
    },
    take: async (key) => {
      const kind = toKind(key)
      const value = kind.find(key) ?? null
      kind.delete(key)
      return value
    },
    remove: async key => void toKind(key).delete(key),
    removeIf: async (key, value) => toKind(key).find(key) === value && toKind(key).delete(key),
    lostUntil: (kind, owner) => kinds.get(kind)?.lostUntil(owner) ?? 0,
    hasRoom: (key, owner) => toKind(key).hasRoom(owner),
  }
}
