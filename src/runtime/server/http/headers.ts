/** What a response needs so that no shared cache stores it. */
export const privateControl = 'private, no-store'

/** True for a header by which a cache may store a response for everybody: `Cache-Control`, its forms for single caches (RFC 9213), `Expires`. */
export function isSharingHeader(name: string): boolean {
  return /(?:^|-)cache-control$|^surrogate-control$|^expires$/i.test(name)
}

/** The part of the web `Headers` interface that reading a request needs. */
export interface SentHeaders extends Iterable<[string, string]> {
  get: (name: string) => string | null
  has: (name: string) => boolean
}

/** Node's request headers, by lowercase name. A web `Headers` would copy them once, and again on every iteration. */
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
