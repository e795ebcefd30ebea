/** What is asked of a request's headers. A web `Headers` can do it, too. */
export interface SentHeaders extends Iterable<[string, string]> {
  get: (name: string) => string | null
  has: (name: string) => boolean
}

/** Headers as Node has them, by lower-case name. A web `Headers` would be a copy, and one more at each look through it. */
export class PlainHeaders implements SentHeaders {
  constructor(private readonly sent: Record<string, string | string[] | undefined>) {}

  get(name: string): string | null {
    const key = name.toLowerCase()
    const value = Object.hasOwn(this.sent, key) ? this.sent[key] : undefined
    return Array.isArray(value) ? value.join(', ') : value ?? null
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    const list: [string, string][] = []
    for (const name of Object.keys(this.sent)) {
      const value = this.get(name)
      if (value !== null) list.push([name, value])
    }
    return list.values()
  }
}
