import { toCallbackPath } from '../shared/callback-url'
import { keepCookies, withoutLookalikes } from './cookies'
import type { RequestParts } from './request'

/**
 * The web Request that Auth.js gets: on the trusted origin, with callback URLs that are paths of this app or absent.
 * Auth.js answers any request with an error body as soon as one of them is not.
 */
export function toAuthRequest(parts: RequestParts, { origin, home, cookies }: { origin: string, home: string, cookies: { sessionToken: { name: string } } }, path: string, fields?: Record<string, unknown>): Request {
  const url = new URL(path, origin)
  const headers = new Headers(parts.headers)
  const cookie = keepValidCallbackCookies(withoutLookalikes(headers.get('cookie') ?? '', cookies.sessionToken.name), origin)
  headers.set('cookie', cookie)
  // Without any word on it Auth.js goes to the origin's root, which need not be this app's.
  const fallback = cookie.includes('authjs.callback-url=') ? undefined : home
  const wish = url.searchParams.get('callbackUrl') ?? (fields || path.includes('/callback/') ? undefined : fallback)
  if (wish !== undefined) url.searchParams.set('callbackUrl', toCallbackPath(wish, origin, home))
  headers.delete('content-length')
  if (!fields) return new Request(url, { method: 'GET', headers })
  headers.set('content-type', 'application/json')
  const target = fields.callbackUrl ?? url.searchParams.get('callbackUrl') ?? fallback
  // In the body only: what is in the query of a sign-in goes on to the provider.
  url.searchParams.delete('callbackUrl')
  const body = target === undefined ? fields : { ...fields, callbackUrl: toCallbackPath(target, origin, home) }
  return new FormRequest(url, headers, body)
}

/** A POST whose JSON is an object already: only who asks for its text or its stream has one made. That is a tenth of what a sign-in costs. */
class FormRequest extends Request {
  readonly #fields: object
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | undefined

  constructor(url: URL, headers: Headers, fields: object) {
    super(url, { method: 'POST', headers })
    this.#fields = fields
  }

  override get body() {
    // Filled by whoever reads it; whether there is one is what Auth.js asks.
    return this.#body ??= new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(this.#fields)))
        controller.close()
      },
    }, { highWaterMark: 0 })
  }

  override async json() {
    return { ...this.#fields }
  }

  override async text() {
    return JSON.stringify(this.#fields)
  }
}

function keepValidCallbackCookies(header: string, origin: string): string {
  return keepCookies(header, (name, value) => !name.endsWith('authjs.callback-url') || isCallbackUrl(value, origin))
}

function isCallbackUrl(value: string, origin: string): boolean {
  try {
    const url = decodeURIComponent(value)
    return (url.startsWith('/') || url.startsWith(origin)) && toCallbackPath(url, origin, '') !== ''
  }
  catch {
    return false
  }
}
