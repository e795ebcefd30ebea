/**
 * A map for caches at module level, which must not grow with the traffic: it keeps at most `max` entries.
 * Setting one more drops the entry that was set longest ago; setting a key again counts as new.
 */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #max: number

  constructor(max: number) {
    super()
    this.#max = max
  }

  override set(key: K, value: V): this {
    this.delete(key)
    const oldest = this.size < this.#max ? undefined : this.keys().next()
    if (oldest && !oldest.done) this.delete(oldest.value)
    return super.set(key, value)
  }
}
