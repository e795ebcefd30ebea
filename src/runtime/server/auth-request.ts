import { toCallbackPath } from '../shared/callback-url'
import { keepCookies, withoutLookalikes } from './cookies'
import type { RequestParts } from './request'

/** What Auth.js reads of a web Request. */
export interface AuthRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Pick<Headers, 'get' | 'has'> & Iterable<[string, string]>
  body: object | null
  json: () => Promise<object | null>
  text: () => Promise<string>
}

/**
 * The request that Auth.js gets: on the trusted origin, with callback URLs that are paths of this app or absent.
 * Auth.js answers any request with an error body as soon as one of them is not.
 */
export function toAuthRequest(parts: RequestParts, { origin, home, cookies }: { origin: string, home: string, cookies: { sessionToken: { name: string } } }, path: string, fields?: Record<string, unknown>): AuthRequest {
  const url = new URL(path, origin)
  const { 'content-length': _, ...headers } = Object.fromEntries(parts.headers)
  const cookie = headers.cookie = keepValidCallbackCookies(withoutLookalikes(headers.cookie ?? '', cookies.sessionToken.name), origin)
  // Without any word on it Auth.js goes to the origin's root, which need not be this app's.
  const fallback = cookie.includes('authjs.callback-url=') ? undefined : home
  const wish = url.searchParams.get('callbackUrl') ?? (fields || path.includes('/callback/') ? undefined : fallback)
  if (wish !== undefined) url.searchParams.set('callbackUrl', toCallbackPath(wish, origin, home))
  if (!fields) return toRequest('GET', url, headers, null)
  headers['content-type'] = 'application/json'
  const target = fields.callbackUrl ?? url.searchParams.get('callbackUrl') ?? fallback
  // In the body only: what is in the query of a sign-in goes on to the provider.
  url.searchParams.delete('callbackUrl')
  return toRequest('POST', url, headers, target === undefined ? fields : { ...fields, callbackUrl: toCallbackPath(target, origin, home) })
}

function toRequest(method: 'GET' | 'POST', { href }: URL, headers: Record<string, string>, body: object | null): AuthRequest {
  return {
    method,
    url: href,
    headers: {
      get: name => headers[name.toLowerCase()] ?? null,
      // For a script Auth.js reports what went wrong, for others it would throw. `authorize` sees what the client sent.
      has: name => name.toLowerCase() === 'x-auth-return-redirect' || Object.hasOwn(headers, name.toLowerCase()),
      [Symbol.iterator]: () => Object.entries(headers)[Symbol.iterator](),
    },
    body,
    json: async () => body && { ...body },
    text: async () => body ? JSON.stringify(body) : '',
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
