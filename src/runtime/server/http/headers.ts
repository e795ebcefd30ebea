/** The `Cache-Control` header that keeps a response out of every cache. */
export const privateControl = 'private, no-store'

/** True for a header that may allow shared caching: `Cache-Control`, its targeted forms (RFC 9213) and `Expires`. */
export function isSharingHeader(name: string): boolean {
  return /(?:^|-)cache-control$|^surrogate-control$|^expires$/i.test(name)
}

/** The part of the web `Headers` interface that the module reads request headers with. */
export interface SentHeaders extends Iterable<[string, string]> {
  get: (name: string) => string | null
  has: (name: string) => boolean
}

/** Request headers by lowercase name, as in `IncomingMessage.headers`. */
export type NodeHeaders = Record<string, string | string[] | undefined>

/**
 * Node's request headers with the methods of web `Headers`, which would copy them once, and again on every iteration.
 */
export class PlainHeaders implements SentHeaders {
  constructor(private readonly sent: NodeHeaders) {}

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
