import { toCallbackPath } from '../../shared/callback-url'
import { isLookalike, keepCookies } from '../http/cookies'
import { PlainHeaders } from '../http/headers'
import type { SentHeaders } from '../http/headers'
import { toQuery, toSearch } from '../http/request'
import type { RequestParts } from '../http/request'

/** What Auth.js reads of a web Request. */
export class AuthRequest {
  constructor(readonly method: 'GET' | 'POST', readonly url: string, readonly headers: SentHeaders, readonly body: object | null) {}

  async json(): Promise<object | null> {
    return this.body && { ...this.body }
  }

  async text(): Promise<string> {
    return this.body ? JSON.stringify(this.body) : ''
  }
}

/** For a script Auth.js reports what went wrong, for others it would throw. `authorize` sees what the client sent. */
class ScriptHeaders extends PlainHeaders {
  override has(name: string): boolean {
    return name.toLowerCase() === 'x-auth-return-redirect' || super.has(name)
  }
}

/**
 * The request that Auth.js gets: on the trusted origin, with callback URLs that are paths of this app or absent.
 * Auth.js answers any request with an error body as soon as one of them is not.
 */
export function toAuthRequest(parts: RequestParts, { origin, home, cookies }: { origin: string, home: string, cookies: { sessionToken: { name: string } } }, path: string, fields?: Record<string, unknown>): AuthRequest {
  const query = toQuery(path)
  const headers: Record<string, string> = {}
  // The body is written anew.
  for (const [name, value] of parts.headers) if (name !== 'content-length') headers[name] = value
  const cookie = headers.cookie = keepCookies(headers.cookie ?? '', (name, value) => !isLookalike(name, cookies.sessionToken.name) && (!name.endsWith('authjs.callback-url') || isCallbackUrl(value, origin)))
  // Without any word on it Auth.js goes to the origin's root, which need not be this app's.
  const fallback = cookie.includes('authjs.callback-url=') ? undefined : home
  const asked = query.get('callbackUrl') ?? undefined
  const toUrl = () => `${origin}${path.split('?', 1)[0]}${toSearch(query)}`
  if (!fields) {
    const target = asked ?? (path.includes('/callback/') ? undefined : fallback)
    if (target !== undefined) query.set('callbackUrl', toCallbackPath(target, origin, home))
    return new AuthRequest('GET', toUrl(), new ScriptHeaders(headers), null)
  }
  headers['content-type'] = 'application/json'
  const target = fields.callbackUrl ?? asked ?? fallback
  // In the body only: what is in the query of a sign-in goes on to the provider.
  query.delete('callbackUrl')
  return new AuthRequest('POST', toUrl(), new ScriptHeaders(headers), target === undefined ? fields : { ...fields, callbackUrl: toCallbackPath(target, origin, home) })
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
