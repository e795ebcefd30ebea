import { toCallbackPath } from '../../shared/callback-url'
import { keepCookies, readSessionCookie } from '../http/cookies'
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

/** Where Auth.js runs, and how its cookies are called. */
interface Place {
  origin: string
  home: string
  cookies: { sessionToken: { name: string }, callbackUrl?: { name?: string } }
}

/**
 * The request that Auth.js gets: on the trusted origin, with callback URLs that are paths of this app or absent.
 * Auth.js answers any request with an error body as soon as one of them is not.
 */
export function toAuthRequest(parts: RequestParts, place: Place, path: string, fields?: Record<string, unknown>): AuthRequest {
  const { origin, home } = place
  const query = toQuery(path)
  const headers: Record<string, string> = {}
  // The body is written anew.
  for (const [name, value] of parts.headers) if (name !== 'content-length') headers[name] = value
  const { cookie, hasCallbackUrl } = toCookies(headers.cookie ?? '', place)
  headers.cookie = cookie
  // Without any word on it Auth.js goes to the origin's root, which need not be this app's.
  const fallback = hasCallbackUrl ? undefined : home
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

/**
 * The `Cookie` header that Auth.js gets. The session cookie in it is one cookie with exactly the value that this module reads, or
 * absent: Auth.js would join every cookie whose name begins like the session's. Callback URLs are sanitised paths, or absent.
 */
function toCookies(header: string, { origin, cookies }: Place): { cookie: string, hasCallbackUrl: boolean } {
  const { name } = cookies.sessionToken
  const session = readSessionCookie(header, name)
  // The first of several cookies of one name counts, as for every reader.
  const callbackUrls = new Map<string, string | undefined>()
  const isCallbackUrl = (other: string) => other === cookies.callbackUrl?.name || other.endsWith('authjs.callback-url')
  const others = keepCookies(header, (other, value) => {
    const isKept = !other.startsWith(name) && !isCallbackUrl(other)
    if (!isKept && isCallbackUrl(other) && !callbackUrls.has(other)) callbackUrls.set(other, toStoredUrl(value, origin))
    return isKept
  }).trim()
  const stored = [...callbackUrls].filter(([, url]) => url)
  const own = [...stored, ...(session === undefined ? [] : [[name, session]])].map(([key, value = '']) => `${key}=${encodeURIComponent(value)}`)
  return { cookie: [others, ...own].filter(Boolean).join('; '), hasCallbackUrl: stored.length > 0 }
}

/** The URL that a callback-url cookie holds, with its path sanitised: Auth.js stores a URL of this origin, or a path of it. */
function toStoredUrl(value: string, origin: string): string | undefined {
  try {
    const url = decodeURIComponent(value)
    const base = url.startsWith(origin) ? origin : url.startsWith('/') ? '' : undefined
    const path = base === undefined ? '' : toCallbackPath(url, origin, '')
    return path && `${base}${path}`
  }
  catch {
    return undefined
  }
}
