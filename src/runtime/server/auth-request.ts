import { toCallbackPath } from '../shared/callback-url'
import { isLookalike, keepCookies } from './cookies'
import { toQuery, toSearch } from './request'
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
  const query = toQuery(path)
  const { 'content-length': _, ...headers } = Object.fromEntries(parts.headers)
  const cookie = headers.cookie = keepCookies(headers.cookie ?? '', (name, value) => !isLookalike(name, cookies.sessionToken.name) && (!name.endsWith('authjs.callback-url') || isCallbackUrl(value, origin)))
  // Without any word on it Auth.js goes to the origin's root, which need not be this app's.
  const fallback = cookie.includes('authjs.callback-url=') ? undefined : home
  const asked = query.get('callbackUrl') ?? undefined
  const toUrl = () => `${origin}${path.split('?', 1)[0]}${toSearch(query)}`
  if (!fields) {
    const target = asked ?? (path.includes('/callback/') ? undefined : fallback)
    if (target !== undefined) query.set('callbackUrl', toCallbackPath(target, origin, home))
    return toRequest('GET', toUrl(), headers, null)
  }
  headers['content-type'] = 'application/json'
  const target = fields.callbackUrl ?? asked ?? fallback
  // In the body only: what is in the query of a sign-in goes on to the provider.
  query.delete('callbackUrl')
  return toRequest('POST', toUrl(), headers, target === undefined ? fields : { ...fields, callbackUrl: toCallbackPath(target, origin, home) })
}

function toRequest(method: 'GET' | 'POST', url: string, headers: Record<string, string>, body: object | null): AuthRequest {
  return {
    method,
    url,
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

function isCallbackUrl(value: string, origin: string): boolean {
  try {
    const url = decodeURIComponent(value)
    return (url.startsWith('/') || url.startsWith(origin)) && toCallbackPath(url, origin, '') !== ''
  }
  catch {
    return false
  }
}
