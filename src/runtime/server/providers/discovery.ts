import { BoundedMap } from '../../shared/bounded-map'
import type { OAuthProvider } from '../config/providers'

/** Longest time that a discovery document is reused, in seconds; less if its provider says so. */
export const longest = 10 * 60
const maxDocuments = 64

interface CachedDocument { body: string, at: number, maxAge: number | undefined }
/** One cache for each `fetch`: the user's own may answer the same URL differently. */
const documents = new WeakMap<typeof fetch, BoundedMap<string, CachedDocument>>()

/**
 * `call`, which reuses discovery documents for as long as the provider's `Cache-Control` allows. Without that header a
 * document may be `fallback` seconds old. `send`: the `fetch` behind `call`, which has a cache of its own.
 */
export function keepDiscovery(call: typeof fetch, send: typeof fetch, fallback = 0): typeof fetch {
  return async (input, init) => {
    const url = toUrl(input)
    if (!isDiscovery(url, init)) return await call(input, init)
    const cache = documents.get(send) ?? new BoundedMap<string, CachedDocument>(maxDocuments)
    const cached = cache.get(url.href)
    if (cached && cached.at + (cached.maxAge ?? fallback) * 1000 > Date.now()) return toResponse(cached)
    cache.delete(url.href)
    const answer = await call(input, init)
    const maxAge = toMaxAge(answer.headers.get('cache-control') ?? '')
    if (maxAge === 0) return answer
    documents.set(send, cache.set(url.href, { body: await answer.clone().text(), at: Date.now(), maxAge }))
    return answer
  }
}

/** True for the request of a discovery document. https://www.rfc-editor.org/rfc/rfc8414#section-3 */
export function isDiscovery({ pathname }: URL, init: RequestInit | undefined): boolean {
  const isGet = (init?.method ?? 'GET').toUpperCase() === 'GET'
  return isGet && /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/.test(pathname)
}

/** The URL that a `fetch` would request. */
export function toUrl(input: RequestInfo | URL): URL {
  return new URL(input instanceof Request ? input.url : input)
}

interface Endpoints { token_endpoint?: string, userinfo_endpoint?: string }

/** The token and userinfo endpoints that the definition names, under their names in a discovery document. */
export function toEndpoints({ token, userinfo }: Pick<OAuthProvider, 'token' | 'userinfo'>): Endpoints {
  const [tokenUrl, userinfoUrl] = [token, userinfo].map(setting => typeof setting === 'object' ? setting.url : setting)
  return {
    ...(tokenUrl && { token_endpoint: String(tokenUrl) }),
    ...(userinfoUrl && { userinfo_endpoint: String(userinfoUrl) }),
  }
}

/**
 * The provider without the one endpoint that its definition names, if Auth.js needs both: it requests discovery for
 * both of them or for neither. `toEndpoints` puts the hidden one into the discovery document.
 */
export function hideEndpoints(provider: OAuthProvider): OAuthProvider {
  const { token_endpoint: token, userinfo_endpoint: userinfo } = toEndpoints(provider)
  const isComplete = token && (userinfo || !needsUserinfo(provider))
  if (!provider.issuer || isComplete || !(token || userinfo)) return provider
  return { ...provider, token: withoutUrl(provider.token), userinfo: withoutUrl(provider.userinfo) }
}

function needsUserinfo({ type, userinfo, ...provider }: OAuthProvider): boolean {
  if (typeof userinfo === 'object' && userinfo.request) return false
  return type === 'oauth' || ('idToken' in provider && provider.idToken === false)
}

// An object in any case: without the setting, Auth.js does not read the userinfo of a plain OAuth provider.
function withoutUrl<Setting extends object>(setting: string | Setting | undefined) {
  return { ...(typeof setting === 'object' && setting), url: undefined }
}

function toResponse({ body }: CachedDocument): Response {
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

function toMaxAge(cacheControl: string): number | undefined {
  if (/no-store|no-cache/i.test(cacheControl)) return 0
  const [, seconds] = /(?:^|[\s,])max-age=(\d+)/i.exec(cacheControl) ?? []
  return seconds === undefined ? undefined : Math.min(Number(seconds), longest)
}
