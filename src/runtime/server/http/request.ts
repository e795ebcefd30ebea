import { getRequestHost, getRequestProtocol, getRouteRules } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import { isSharedRoute } from '../../shared/paths'
import type { AuthEvent } from '../../shared/types'
import { readText } from './body'
import type { Environment } from '../config/environment'
import { PlainHeaders } from './headers'
import type { SentHeaders } from './headers'

/** What of the event becomes a request, read the same way from every host. */
export interface RequestParts {
  method: string
  headers: SentHeaders
  /** Path and query; in a route's handler below `app.baseURL`. */
  path: string
}

/** Method, headers and path of the event: h3 v2 has a web Request, h3 v1 has them on the event. */
export function getRequestParts(event: AuthEvent): RequestParts {
  const { method, path } = getRequestLine(event)
  return { method, path, headers: getHeaders(event) }
}

function getHeaders(event: AuthEvent): SentHeaders {
  const { node, headers } = event as { node?: { req?: { headers: ConstructorParameters<typeof PlainHeaders>[0] } }, headers?: Headers }
  return toWebRequest(event)?.headers ?? (node?.req ? new PlainHeaders(node.req.headers) : headers ?? new Headers())
}

/** The same without the headers. */
export function getRequestLine(event: AuthEvent): { method: string, path: string } {
  const request = toWebRequest(event)
  if (request) {
    const { pathname, search } = (event as { url?: URL }).url ?? new URL(request.url)
    return { method: request.method, path: pathname + search }
  }
  const { method = 'GET', path = '/' } = event as { method?: string, path?: string }
  return { method, path }
}

/** The query of a path, as a URL of it has it. */
export function toQuery(path: string): URLSearchParams {
  return new URLSearchParams(/^[^?#]*\?([^#]*)/.exec(path)?.[1])
}

/** The query as it is written behind a path. */
export function toSearch(query: URLSearchParams): string {
  return query.size > 0 ? `?${query}` : ''
}

function toWebRequest(event: AuthEvent): Request | undefined {
  const { req } = event as { req?: Request }
  return typeof req?.headers?.get === 'function' ? req : undefined
}

/** The paths of a request: as the host reads it, and as the client sent it, before the host decoded anything. */
export function getPaths(event: AuthEvent): string[] {
  const { req, node, path } = event as { req?: Request, node?: { req?: { originalUrl?: string, url?: string } }, path?: string }
  const raw = node?.req?.originalUrl ?? node?.req?.url ?? req?.url ?? '/'
  return path === undefined || path === raw ? [raw] : [path, raw]
}

/**
 * Hop 0: the public origin of this request. From AUTH_URL; from the request only in development or where the host is trusted.
 * Throws AUTH_S003 (503) when nobody said what the origin is, AUTH_R002 (400) when the host is none.
 */
export function resolveOrigin(event: AuthEvent, environment: Environment, isTrusted: boolean): string {
  if (environment.origin) return environment.origin
  // In development the dev server and its tunnels are the proxy.
  const trustsProxy = isTrusted || environment.trustHost || import.meta.dev === true
  if (!trustsProxy) throw new NuxtAuthError('AUTH_S003')
  // h3 takes an empty host for `localhost`. A request of the app to itself has none at all.
  if (getHeaders(event).get('host') === '') throw new NuxtAuthError('AUTH_R002')
  const origin = `${getRequestProtocol(event, { xForwardedProto: trustsProxy })}://${getRequestHost(event, { xForwardedHost: trustsProxy })}`
  // Only a bare host may follow the scheme: what else parses (`user@host`, `host/path?`) is a trick.
  if (!URL.canParse(origin) || new URL(origin).origin !== withoutDefaultPort(origin.toLowerCase())) throw new NuxtAuthError('AUTH_R002')
  return new URL(origin).origin
}

function withoutDefaultPort(origin: string): string {
  return origin.replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2')
}

/** True where the answer is stored and handed to others (prerender, swr, isr, cache): no session and no cookie may go in. */
export function isSharedRender(event: AuthEvent): boolean {
  return import.meta.prerender === true || isSharedRoute(getRouteRules(event))
}

/** True in `defineCachedEventHandler`: Nitro marks the context of the event whose answer it stores. */
export function isCachedEvent(event: AuthEvent): boolean {
  return 'cache' in event.context
}

/** True for a state-changing request that another site's page sent. https://www.w3.org/TR/fetch-metadata/ */
export function isCrossSite({ headers }: RequestParts, origin: string): boolean {
  const sender = headers.get('origin')
  if (sender !== null) return sender !== origin
  const site = headers.get('sec-fetch-site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}

/**
 * The origin of a page that this very server answered, by the browser's word or by the host that was asked. Undefined if
 * the sender may be another site.
 */
export function findOwnOrigin(event: AuthEvent, headers: SentHeaders): string | undefined {
  const sender = headers.get('origin') ?? ''
  if (!URL.canParse(sender) || new URL(sender).origin !== sender) return undefined
  const site = headers.get('sec-fetch-site')
  return (site === null ? new URL(sender).host === getRequestHost(event, { xForwardedHost: true }).toLowerCase() : site === 'same-origin') ? sender : undefined
}

/** The body as an object: JSON or a form. Returns the HTTP status that refuses it otherwise. */
export async function readFields(event: AuthEvent, { headers }: RequestParts): Promise<Record<string, unknown> | 400 | 408 | 413 | 415> {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded') return 415
  const text = await readText(event, headers)
  if (typeof text === 'number') return text
  if (type === 'application/x-www-form-urlencoded') return toFields(new URLSearchParams(text))
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : 400
  }
  catch {
    return 400
  }
}

// Of a field that is there twice one reader takes the first, another the last.
function toFields(form: URLSearchParams): Record<string, string> | 400 {
  return new Set(form.keys()).size === form.size ? Object.fromEntries(form) : 400
}
