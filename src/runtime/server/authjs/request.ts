import { toCallbackPath } from '../../shared/callback-url'
import type { Cookies } from '../config/cookies'
import { keepCookies, readSessionCookie } from '../http/cookies'
import { toQuery, toSearch } from '../http/request'
import type { RequestParts } from '../http/request'
import { toFlowQuery } from './flow'
import type { ResumedFlow } from './flow-cookie'
import type { Run } from './run'

/** The app that Auth.js runs in. */
interface Place {
  origin: string
  home: string
  cookies: { [Key in 'sessionToken' | 'callbackUrl']: Pick<Cookies[Key], 'name'> }
}

/** The request of a run. `isFlow`: its provider is an OAuth provider. `resumed`: the flow of a provider's answer. */
export function toRunRequest(run: Run, isFlow: boolean, resumed: Partial<ResumedFlow> = {}): Request {
  const { config, parts, action, fields } = run
  const { headers = parts.headers, callbackUrl } = resumed
  const query = toQuery(parts.path)
  const kept = isFlow ? toFlowQuery(action, query, config.authorizationParams, callbackUrl) : query
  const path = [config.basePath, action.name, action.provider].filter(Boolean).join('/')
  const own = fields && callbackUrl !== undefined ? { ...fields, callbackUrl } : fields
  return toAuthRequest({ ...parts, headers }, config, path + toSearch(kept), own)
}

/**
 * The request that Auth.js gets: on the trusted origin, with callback URLs that are paths of this app or absent.
 * Auth.js would answer a request with any other callback URL, also in a cookie, with an error.
 */
export function toAuthRequest(
  parts: RequestParts, place: Place, path: string, fields?: Record<string, unknown>,
): Request {
  const { origin, home } = place
  const headers = new Headers([...parts.headers])
  // The body is written again, in another format.
  headers.delete('content-length')
  const { cookie, hasCallbackUrl } = toCookies(headers.get('cookie') ?? '', place)
  headers.set('cookie', cookie)
  const query = toQuery(path)
  // Without a callback URL, Auth.js redirects to the origin's root, which is not this app's if there is a base URL.
  const fallback = hasCallbackUrl || (!fields && path.includes('/callback/')) ? undefined : home
  const target = fields?.callbackUrl ?? query.get('callbackUrl') ?? fallback
  const callbackUrl = target === undefined ? {} : { callbackUrl: toCallbackPath(target, origin, home) }
  // A POST has it in the body only: Auth.js passes the query of a sign-in on to the provider.
  query.delete('callbackUrl')
  if (!fields && callbackUrl.callbackUrl !== undefined) query.set('callbackUrl', callbackUrl.callbackUrl)
  const url = `${origin}${path.split('?', 1)[0]}${toSearch(query)}`
  if (!fields) return new Request(url, { headers })
  headers.set('content-type', 'application/json')
  return new Request(url, { method: 'POST', headers, body: JSON.stringify({ ...fields, ...callbackUrl }) })
}

/**
 * The `Cookie` header that Auth.js gets. It has the session in a single cookie, with exactly the value that this module
 * reads: Auth.js would join all cookies whose names start with the session cookie's. Callback URLs are sanitized paths,
 * or absent.
 */
function toCookies(header: string, { origin, cookies }: Place): { cookie: string, hasCallbackUrl: boolean } {
  const { name } = cookies.sessionToken
  const session = readSessionCookie(header, name)
  const callbackUrls = new Map<string, string | undefined>()
  const others = keepCookies(header, (other, value) => {
    // Also under the names that Auth.js would use with other settings.
    const isCallbackUrl = other === cookies.callbackUrl.name || other.endsWith('authjs.callback-url')
    if (!isCallbackUrl) return !other.startsWith(name)
    // Of several cookies with one name, the first counts, as everywhere else.
    if (!callbackUrls.has(other)) callbackUrls.set(other, toStoredUrl(value, origin))
    return false
  }).trim()
  const stored = [...callbackUrls].filter(([, url]) => url)
  const own = session === undefined ? stored : [...stored, [name, session]]
  const pairs = own.map(([key, value = '']) => `${key}=${encodeURIComponent(value)}`)
  return { cookie: [others, ...pairs].filter(Boolean).join('; '), hasCallbackUrl: stored.length > 0 }
}

/** The URL in a callback-url cookie with its path sanitized: Auth.js stores a URL of this origin, or a path. */
function toStoredUrl(value: string, origin: string): string | undefined {
  try {
    const url = decodeURIComponent(value)
    if (url.startsWith('/')) return toCallbackPath(url, origin, '')
    const path = url.startsWith(origin) ? toCallbackPath(url, origin, '') : ''
    return path && `${origin}${path}`
  }
  catch {
    return undefined
  }
}
