/** How long an entry lives, in seconds. Every entry expires. */
export interface Lifetime {
  ttl: number
  /** The user that the entry is about. In process memory, the entries of one owner are limited. */
  owner?: string
}

/**
 * State that all instances of the app share. Keys read `kind:id`, and the id is hashed at rest. Values are stored as given,
 * so callers encrypt what must stay secret. Every method throws AUTH_R010 (503) if the store does not answer.
 */
export interface Store {
  /** True if other instances see the same entries; false for the memory of this process. */
  readonly isShared: boolean
  get: (key: string) => Promise<string | null>
  /** The values of several keys, in one read if the driver supports that. */
  getMany: (keys: string[]) => Promise<(string | null)[]>
  set: (key: string, value: string, lifetime: Lifetime) => Promise<void>
  /** Sets a missing key. Of parallel calls, each with its own value, exactly one returns true. */
  setIfAbsent: (key: string, value: string, lifetime: Lifetime) => Promise<boolean>
  /** Returns the value and removes it. Of parallel calls, exactly one gets it. */
  take: (key: string) => Promise<string | null>
  remove: (key: string) => Promise<void>
  /** Removes the key if it still holds `value`; true if it did. */
  removeIf: (key: string, value: string) => Promise<boolean>
  /**
   * Entries of this kind (all of them, and those of this owner) that were written at this time or before may have been dropped
   * for lack of room. In seconds since 1970; 0 if none was, and in every shared store.
   */
  lostUntil: (kind: string, owner?: string) => number
}
