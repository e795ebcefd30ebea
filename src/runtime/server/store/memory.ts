import { NuxtAuthError } from '../../shared/errors'
import { MemoryKind } from './memory-kind'
import type { Store } from './types'

/** Entries of one kind at most. At some 400 bytes each this is 40 MB. */
const defaultMax = 100_000
/**
 * Entries of one owner and kind at most, so that a user who signs in and out all day takes no room from other users.
 */
const defaultMaxOwned = 100
/** Kinds with large entries: the encrypted list of a user's sessions has up to 15 kB. */
const maxLarge: Record<string, number> = { sessions: 10_000 }

export interface MemoryStore extends Store {
  /** Number of entries, including expired ones that no sweep has removed yet. */
  readonly size: number
  /** True if setting this key drops no entry that has not expired. */
  hasRoom: (key: string, owner?: string) => boolean
}

/**
 * A store in the memory of this process. Each kind of entry has its own bounded map, so that a flood of one kind
 * drops no entry of another. Without room, `set` drops the oldest entry of its kind and `lostUntil` says so;
 * `setIfAbsent` throws AUTH_R010 (503) instead, because a dropped entry could be set a second time.
 */
export function createMemoryStore(max = defaultMax, maxOwned = defaultMaxOwned): MemoryStore {
  const kinds = new Map<string, MemoryKind>()

  function toKind(key: string): MemoryKind {
    const name = key.slice(0, Math.max(0, key.indexOf(':')))
    const kind = kinds.get(name) ?? new MemoryKind(Math.min(max, maxLarge[name] ?? max), maxOwned)
    kinds.set(name, kind)
    return kind
  }

  // Each method is atomic because it runs to its end without `await`.
  return {
    isShared: false,
    get size() { return [...kinds.values()].reduce((sum, { size }) => sum + size, 0) },
    get: async key => toKind(key).find(key) ?? null,
    getMany: async keys => keys.map(key => toKind(key).find(key) ?? null),
    async set(key, value, lifetime) {
      for (const kind of kinds.values()) kind.sweepIfDue()
      toKind(key).set(key, value, lifetime)
    },
    async setIfAbsent(key, value, lifetime) {
      const kind = toKind(key)
      if (kind.find(key) !== undefined) return false
      if (!kind.hasRoom()) throw new NuxtAuthError('AUTH_R010', {}, { cause: new Error('the process memory is full') })
      for (const other of kinds.values()) other.sweepIfDue()
      kind.set(key, value, lifetime)
      return true
    },
    removeIf: async (key, value) => toKind(key).find(key) === value && toKind(key).delete(key),
    lostUntil: (kind, owner) => kinds.get(kind)?.lostUntil(owner) ?? 0,
    hasRoom: (key, owner) => toKind(key).hasRoom(owner),
  }
}
