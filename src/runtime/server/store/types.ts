/** How long an entry lives, in seconds. Every entry expires. */
export interface Lifetime {
  ttl: number
  /** The user that the entry is about. In process memory, the entries of one owner are limited. */
  owner?: string
}

/**
 * State that all instances of the app share. Keys read `kind:id`, and the id is hashed at rest. Values are stored as
 * given, so callers encrypt secrets themselves. Every method throws AUTH_R010 (503) if the store does not answer.
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
  /**
   * Removes the key if it still holds `value`, and returns true if it did. Of parallel calls, exactly one returns
   * true.
   */
  removeIf: (key: string, value: string) => Promise<boolean>
  /**
   * Time of the last write that may have been dropped for lack of room, in seconds since 1970: of all entries of a
   * kind, or of those and `owner`'s. 0 if none was dropped, and in every shared store.
   */
  lostUntil: (kind: string, owner?: string) => number
}
