import type { AuthEvent } from '../../shared/types'
import type { SentHeaders } from './headers'

/** A WebSocket on its way in: the upgrade request, as crossws hands it to `upgrade`. https://crossws.h3.dev/guide/hooks */
export interface UpgradeRequest { headers: SentHeaders, url: string }

/** Where a session can be read from: a request, an upgrade request, or the peer of an open WebSocket. */
export type SessionSource = AuthEvent | UpgradeRequest | { request: unknown }

// A socket's answer has no room for headers: a cookie that is due for renewal is renewed by the next request. h3 v1 looks at `node`, h3 v2 at `res`.
const response = { getHeader: () => undefined, setHeader: () => undefined, removeHeader: () => undefined, appendHeader: () => undefined }

/** An upgrade request as h3 v1 knows one. Its headers are copied where somebody asks for them. */
class NodeRequest {
  readonly method = 'GET'
  #plain?: Record<string, string>

  constructor(private readonly sent: SentHeaders, readonly url: string) {}

  get headers(): Record<string, string> {
    return this.#plain ??= Object.fromEntries(this.sent)
  }
}

/** The event of an upgrade request, with what both versions of h3 look for. */
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

/** The event of a source. A WebSocket gets a new one at each call, so that an open one sees its session end. */
export function toEvent(source: SessionSource): AuthEvent {
  // Both versions of h3 have one of these two on their events, and nothing else has.
  if ('node' in source || 'req' in source) return source as AuthEvent
  // What crossws calls `request` is an upgrade request on every platform.
  const { headers, url } = ('request' in source ? source.request : source) as UpgradeRequest
  return new UpgradeEvent(headers, url)
}

/** True for the event of a WebSocket. */
export function isUpgrade(event: AuthEvent): boolean {
  return event instanceof UpgradeEvent
}

/** The error as crossws understands it: its `response` refuses the upgrade instead of ending the process. */
export function toUpgradeError(error: unknown): unknown {
  const { statusCode = 503, statusMessage } = error as { statusCode?: number, statusMessage?: string }
  return Object.assign(error as object, { response: new Response(null, { status: statusCode, statusText: statusMessage }) })
}
