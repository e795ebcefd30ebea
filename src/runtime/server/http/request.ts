import { getRequestHost, getRequestProtocol, getRouteRules } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import { isSharedRoute } from '../../shared/paths'
import type { AuthEvent } from '../../shared/types'
import type { Environment } from '../config/environment'
import { readText } from './body'
import type { BodyStatus } from './body'
import { PlainHeaders } from './headers'
import type { NodeHeaders, SentHeaders } from './headers'

/**
 * The properties of h3's events that this module reads: v1 has `node`, `method` and `path`, v2 a web `req` and `url`.
 */
export interface AnyH3Event extends AuthEvent {
  readonly req?: Request
  readonly url?: URL
  readonly headers?: Headers
  readonly method?: string
  readonly path?: string
  readonly node?: { readonly req?: NodeRequest, readonly res?: { readonly headersSent?: boolean } }
}

interface NodeRequest {
  readonly headers: NodeHeaders
  readonly originalUrl?: string
  readonly url?: string
  readonly __unenv__?: { readonly nuxtAuthjs?: { readonly event?: AuthEvent } }
}

/** The parts of a request, the same for every host. */
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
  const { node, headers }: AnyH3Event = event
  const request = toWebRequest(event)
  if (request) return request.headers
  return node?.req ? new PlainHeaders(node.req.headers) : headers ?? new Headers()
}

/** Method and path of the event, as in `getRequestParts`. */
export function getRequestLine(event: AuthEvent): { method: string, path: string } {
  const { method = 'GET', path = '/', url }: AnyH3Event = event
  const request = toWebRequest(event)
  if (!request) return { method, path }
  const { pathname, search } = url ?? new URL(request.url)
  return { method: request.method, path: pathname + search }
}

/** The query of a path. */
export function toQuery(path: string): URLSearchParams {
  return new URLSearchParams(/^[^?#]*\?([^#]*)/.exec(path)?.[1])
}

/** The query as text with `?` in front; empty if there are no parameters. */
export function toSearch(query: URLSearchParams): string {
  return query.size > 0 ? `?${query}` : ''
}

function toWebRequest(event: AuthEvent): Request | undefined {
  const { req }: AnyH3Event = event
  return typeof req?.headers?.get === 'function' ? req : undefined
}

/** The paths of a request: as the host decoded it, and as the client sent it. */
export function getPaths(event: AuthEvent): string[] {
  const { req, node, path }: AnyH3Event = event
  const raw = node?.req?.originalUrl ?? node?.req?.url ?? req?.url ?? '/'
  return path === undefined || path === raw ? [raw] : [path, raw]
}

/**
 * The public origin of this request: AUTH_URL, or the request's own in development or if the host is trusted.
 * Throws AUTH_S003 (503) if no origin is configured, and AUTH_R002 (400) if the host is not valid.
 */
export function resolveOrigin(event: AuthEvent, environment: Environment, isTrusted: boolean): string {
  if (environment.origin) return environment.origin
  // In development the dev server and its tunnels are the proxy.
  const trustsProxy = isTrusted || environment.trustHost || import.meta.dev === true
  if (!trustsProxy) throw new NuxtAuthError('AUTH_S003')
  // h3 takes an empty host for `localhost`. A request of the app to itself has no host header.
  if (getHeaders(event).get('host') === '') throw new NuxtAuthError('AUTH_R002')
  const protocol = getRequestProtocol(event, { xForwardedProto: trustsProxy })
  const origin = `${protocol}://${getRequestHost(event, { xForwardedHost: trustsProxy })}`
  // Forged hosts such as `user@host` or `host/path?` parse too, but change the URL's origin.
  if (!URL.canParse(origin) || new URL(origin).origin !== withoutDefaultPort(origin.toLowerCase())) {
    throw new NuxtAuthError('AUTH_R002')
  }
  return new URL(origin).origin
}

function withoutDefaultPort(origin: string): string {
  return origin.replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2')
}

/**
 * True if the response is stored and shared by all users (prerender, swr, isr, cache): it must have no session or
 * cookie.
 */
export function isSharedRender(event: AuthEvent): boolean {
  return import.meta.prerender === true || isSharedRoute(getRouteRules(event))
}

/** True in `defineCachedEventHandler`: Nitro marks the context of the event whose response it stores. */
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
 * The origin of the page that sent this request, if this server answered it: by `Sec-Fetch-Site`, or in browsers
 * without it by the `Host` header. Undefined if the sender may be another site.
 */
export function findOwnOrigin(event: AuthEvent, headers: SentHeaders): string | undefined {
  const sender = headers.get('origin') ?? ''
  if (!URL.canParse(sender) || new URL(sender).origin !== sender) return undefined
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' ? sender : undefined
  const host = getRequestHost(event, { xForwardedHost: true }).toLowerCase()
  return new URL(sender).host === host ? sender : undefined
}

type Fields = Record<string, unknown>

/** The body as an object, from JSON or a form, or the HTTP status that refuses it. */
export async function readFields(event: AuthEvent, { headers }: RequestParts): Promise<Fields | BodyStatus | 415> {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded') return 415
  const text = await readText(event, headers)
  if (typeof text === 'number') return text
  if (type === 'application/x-www-form-urlencoded') return toFields(new URLSearchParams(text))
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : 400
  }
  catch {
    return 400
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Of a repeated field, one reader takes the first value and another the last.
function toFields(form: URLSearchParams): Record<string, string> | 400 {
  return new Set(form.keys()).size === form.size ? Object.fromEntries(form) : 400
}
