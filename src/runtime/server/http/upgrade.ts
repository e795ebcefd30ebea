import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { SentHeaders } from './headers'

/** The upgrade request of a WebSocket, as crossws passes it to `upgrade`. https://crossws.h3.dev/guide/hooks */
export interface UpgradeRequest { headers: SentHeaders, url: string }

/** What a session can be read from: a request, an upgrade request, or the peer of an open WebSocket. */
export type SessionSource = AuthEvent | UpgradeRequest | { request: unknown }

// A socket has no response headers, so a cookie that is due is renewed by the next request. h3 v1 uses `node`, h3 v2 `res`.
const response = { getHeader: () => undefined, setHeader: () => undefined, removeHeader: () => undefined, appendHeader: () => undefined }

/** An upgrade request in the shape of h3 v1. Headers are copied on first access. */
class NodeRequest {
  readonly method = 'GET'
  #plain?: Record<string, string>

  constructor(private readonly sent: SentHeaders, readonly url: string) {}

  get headers(): Record<string, string> {
    return this.#plain ??= Object.fromEntries(this.sent)
  }
}

/** The event of an upgrade request, with the properties that both versions of h3 use. */
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

/** The event of a source. A WebSocket gets a new one on every call, so that an open socket notices when its session ends. */
export function toEvent(source: SessionSource): AuthEvent {
  // Events of h3 v1 have `node`, those of h3 v2 `req`; upgrade requests and peers have neither.
  if ('node' in source || 'req' in source) return source as AuthEvent
  // A peer's `request` is its upgrade request on every platform.
  const { headers, url } = ('request' in source ? source.request : source) as UpgradeRequest
  return new UpgradeEvent(headers, url)
}

/** The event that a function of this module was called with. Throws AUTH_D022 for anything else, such as `{ event }`. */
export function requireEvent(source: SessionSource, called: string): AuthEvent {
  if (isSource(source)) return toEvent(source)
  throw new NuxtAuthError('AUTH_D022', { called })
}

function isSource(source: unknown): source is SessionSource {
  if (typeof source !== 'object' || source === null) return false
  if ('context' in source && ('node' in source || 'req' in source)) return true
  const upgrade = 'request' in source ? source.request : source
  return typeof upgrade === 'object' && upgrade !== null && 'headers' in upgrade && 'url' in upgrade
}

/** True for the event of a WebSocket. */
export function isUpgrade(event: AuthEvent): boolean {
  return event instanceof UpgradeEvent
}

/** The error in crossws's form: with a `response`, it refuses the upgrade instead of crashing the process. */
export function toUpgradeError(error: unknown): unknown {
  const { statusCode = 503, statusMessage } = error as { statusCode?: number, statusMessage?: string }
  return Object.assign(error as object, { response: new Response(null, { status: statusCode, statusText: statusMessage }) })
}
