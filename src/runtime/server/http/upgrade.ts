import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { SentHeaders } from './headers'

/** The upgrade request of a WebSocket, as crossws passes it to `upgrade`. https://crossws.h3.dev/guide/hooks */
export interface UpgradeRequest { headers: SentHeaders, url: string }

/** A source of sessions: the event of a request, an upgrade request, or the peer of an open WebSocket. */
export type SessionSource = AuthEvent | UpgradeRequest | { request: unknown }

const ignore = () => undefined
// An open WebSocket has no response headers, so the next HTTP request renews a cookie that is due.
const response = { getHeader: ignore, setHeader: ignore, removeHeader: ignore, appendHeader: ignore }

/** An upgrade request in the shape of h3 v1. Headers are copied on first access. */
class NodeRequest {
  readonly method = 'GET'
  #plain?: Record<string, string>

  constructor(private readonly sent: SentHeaders, readonly url: string) {}

  get headers(): Record<string, string> {
    return this.#plain ??= Object.fromEntries(this.sent)
  }
}

/** The event of an upgrade request, with the properties that h3 v1 (`node`) and h3 v2 (`res`) use. */
class UpgradeEvent implements AuthEvent {
  readonly context = { nitro: {} }
  readonly method = 'GET'
  readonly path: string
  readonly node: { req: NodeRequest, res: typeof response }
  #res?: { headers: Headers }

  constructor(readonly headers: SentHeaders, url: string) {
    this.path = url.replace(/^\w+:\/\/[^/]*/, '')
    this.node = { req: new NodeRequest(headers, url), res: response }
  }

  get res(): { headers: Headers } {
    return this.#res ??= { headers: new Headers() }
  }
}

/**
 * The event of a source. A WebSocket gets a new one on every call, so that an open socket notices when its session
 * ends.
 */
export function toEvent(source: AuthEvent | UpgradeRequest): AuthEvent {
  return isEvent(source) ? source : new UpgradeEvent(source.headers, source.url)
}

/**
 * The event that a function of this module was called with. Throws AUTH_D022 for anything else, such as `{ event }`.
 */
export function requireEvent(source: SessionSource, called: string): AuthEvent {
  if (isEvent(source)) return source
  // A peer's `request` is its upgrade request on every platform.
  const upgrade = isObject(source) && 'request' in source ? source.request : source
  if (isUpgradeRequest(upgrade)) return toEvent(upgrade)
  throw new NuxtAuthError('AUTH_D022', { called })
}

// Events of h3 v1 have `node`, those of h3 v2 `req`; upgrade requests and peers have neither.
function isEvent(source: unknown): source is AuthEvent {
  return isObject(source) && 'context' in source && ('node' in source || 'req' in source)
}

function isUpgradeRequest(source: unknown): source is UpgradeRequest {
  return isObject(source) && 'headers' in source && 'url' in source
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** True for the event of a WebSocket, which has no response. */
export function isUpgrade(event: AuthEvent): boolean {
  return event instanceof UpgradeEvent
}

/** The error with a `response`, by which crossws refuses the upgrade instead of crashing the process. */
export function toUpgradeError(error: unknown): unknown {
  const thrown: { statusCode?: number, statusMessage?: string } = isObject(error) ? error : new Error(String(error))
  const response = new Response(null, { status: thrown.statusCode ?? 503, statusText: thrown.statusMessage })
  return Object.assign(thrown, { response })
}
