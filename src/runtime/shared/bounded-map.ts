/**
 * A map of at most `max` entries, for module-level caches, which must not grow with the traffic.
 * Setting one more entry drops the one that was set longest ago. Setting a key again makes its entry the newest.
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
