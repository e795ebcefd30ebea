import type { Lifetime } from './types'

/** Times in milliseconds since 1970. */
interface Entry { value: string, writtenAt: number, expires: number, owner: string | undefined }

/** One owner: the keys of their entries, the last write among dropped ones, and when the last of those expires. */
interface Owner { keys: Set<string>, lostUntil: number, expires: number }

/** How often expired entries are removed, in milliseconds. A sweep takes time in proportion to all entries. */
const sweepInterval = 60_000
/** The same without room for another entry. */
const fullSweepInterval = 1000

/**
 * The entries of one kind, oldest first: `max` in all, and `maxOwned` per owner. One more drops the oldest, and
 * `lostUntil` says so. A BoundedMap would drop it silently.
 */
export class MemoryKind {
  readonly #entries = new Map<string, Entry>()
  readonly #owners = new Map<string, Owner>()
  readonly #max: number
  readonly #maxOwned: number
  #lostUntil = 0
  #lastSweep = 0
  #lastWrite = 0

  constructor(max: number, maxOwned: number) {
    this.#max = max
    this.#maxOwned = maxOwned
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value of an entry that has not expired. */
  find(key: string): string | undefined {
    const entry = this.#entries.get(key)
    if (!entry || entry.expires > Date.now()) return entry?.value
    this.delete(key)
  }

  /** Sets an entry, which becomes the newest. `ttl` in seconds. */
  set(key: string, value: string, { ttl, owner }: Lifetime): void {
    this.delete(key)
    this.#makeRoom(owner)
    // A clock that was set back must not make a dropped entry look older than it is.
    this.#lastWrite = Math.max(this.#lastWrite, Date.now())
    this.#entries.set(key, { value, owner, writtenAt: this.#lastWrite, expires: Date.now() + ttl * 1000 })
    if (owner === undefined) return
    const owned = this.#owners.get(owner) ?? { keys: new Set(), lostUntil: 0, expires: 0 }
    this.#owners.set(owner, owned)
    owned.keys.add(key)
  }

  /** True if there was such an entry. */
  delete(key: string): boolean {
    const entry = this.#entries.get(key)
    if (!entry) return false
    this.#entries.delete(key)
    if (entry.owner !== undefined) {
      this.#owners.get(entry.owner)?.keys.delete(key)
      this.#forgetOwner(entry.owner)
    }
    return true
  }

  /** True if one more entry, of this owner if one is given, drops none that has not expired. */
  hasRoom(owner?: string): boolean {
    this.sweepIfDue()
    if (this.#entries.size >= this.#max) return false
    const { keys } = this.#owners.get(owner ?? '') ?? {}
    // `find` removes expired entries from the set.
    for (const key of keys ?? []) this.find(key)
    return (keys?.size ?? 0) < this.#maxOwned
  }

  /** Removes expired entries, unless the last sweep was recent. */
  sweepIfDue(): void {
    const interval = this.#entries.size >= this.#max ? fullSweepInterval : sweepInterval
    const now = Date.now()
    if (now - this.#lastSweep < interval) return
    this.#lastSweep = now
    for (const [key, { expires }] of this.#entries) if (expires <= now) this.delete(key)
    for (const owner of this.#owners.keys()) this.#forgetOwner(owner)
  }

  /** Entries written at this time or before may have been dropped, in seconds since 1970; 0 if none was. */
  lostUntil(owner?: string): number {
    const ofOwner = owner === undefined ? 0 : this.#owners.get(owner)?.lostUntil ?? 0
    return Math.floor(Math.max(this.#lostUntil, ofOwner) / 1000)
  }

  #makeRoom(owner: string | undefined): void {
    const owned = owner === undefined ? undefined : this.#owners.get(owner)
    if (owned && owned.keys.size >= this.#maxOwned) this.#drop(owned.keys.keys().next().value ?? '', owned)
    if (this.#entries.size >= this.#max) this.#drop(this.#entries.keys().next().value ?? '')
  }

  #drop(key: string, owned?: Owner): void {
    const entry = this.#entries.get(key)
    if (entry && entry.expires > Date.now()) {
      if (owned) Object.assign(owned, { lostUntil: entry.writtenAt, expires: Math.max(owned.expires, entry.expires) })
      else this.#lostUntil = entry.writtenAt
    }
    this.delete(key)
  }

  /** Forgets an owner without entries once their dropped entries have expired, or `#lostUntil` covers those. */
  #forgetOwner(name: string): void {
    const owned = this.#owners.get(name)
    if (!owned || owned.keys.size > 0) return
    if (owned.expires <= Date.now() || owned.lostUntil <= this.#lostUntil) this.#owners.delete(name)
  }
}
