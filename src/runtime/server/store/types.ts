/** How long an entry lives, in seconds. Every entry ends: nothing here is kept for good. */
export interface Lifetime {
  ttl: number
  /** The user whom the entry is about. In the memory of a process the entries of one owner are limited. */
  owner?: string
}

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
  /** Sets what is not there yet. Of all who try at once, each with a value of its own, one gets true. */
  setIfAbsent: (key: string, value: string, lifetime: Lifetime) => Promise<boolean>
  /** The value, and it is gone. Of all who try at once, one gets it. */
  take: (key: string) => Promise<string | null>
  remove: (key: string) => Promise<void>
  /** Removes what still is `value`; true where it was. */
  removeIf: (key: string, value: string) => Promise<boolean>
  /**
   * Entries of this kind (all of them, and those of this owner) that were written at this time or before may have been dropped
   * for lack of room. In seconds since 1970; 0 if none was, and in every shared store.
   */
  lostUntil: (kind: string, owner?: string) => number
}
