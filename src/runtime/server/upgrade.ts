import type { AuthEvent } from '../shared/types'

/** A WebSocket on its way in: the upgrade request, as crossws hands it to `upgrade`. https://crossws.h3.dev/guide/hooks */
export interface UpgradeRequest { headers: Headers, url: string }

/** Where a session can be read from: a request, an upgrade request, or the peer of an open WebSocket. */
export type SessionSource = AuthEvent | UpgradeRequest | { request: unknown }

const upgrades = new WeakSet<AuthEvent>()

// A socket's answer has no room for headers: a cookie that is due for renewal is renewed by the next request. h3 v1 looks at `node`, h3 v2 at `res`.
const response = { getHeader: () => undefined, setHeader: () => undefined, removeHeader: () => undefined, appendHeader: () => undefined }

/** The event of a source. A WebSocket gets a new one at each call, so that an open one sees its session end. */
export function toEvent(source: SessionSource): AuthEvent {
  // Both versions of h3 have one of these two on their events, and nothing else has.
  if ('node' in source || 'req' in source) return source as AuthEvent
  // What crossws calls `request` is an upgrade request on every platform.
  const { headers, url } = ('request' in source ? source.request : source) as UpgradeRequest
  let plain: Record<string, string> | undefined
  const request = {
    method: 'GET',
    url,
    // Most of what is asked of an event is not its headers.
    get headers() {
      return plain ??= Object.fromEntries(headers)
    },
  }
  const event = { context: { nitro: {} }, method: 'GET', path: url.replace(/^\w+:\/\/[^/]*/, ''), headers, node: { req: request, res: response }, res: { headers: new Headers() } }
  upgrades.add(event)
  return event
}

/** True for the event of a WebSocket. */
export function isUpgrade(event: AuthEvent): boolean {
  return upgrades.has(event)
}

/** The error as crossws understands it: its `response` refuses the upgrade instead of ending the process. */
export function toUpgradeError(error: unknown): unknown {
  const { statusCode = 503, statusMessage } = error as { statusCode?: number, statusMessage?: string }
  return Object.assign(error as object, { response: new Response(null, { status: statusCode, statusText: statusMessage }) })
}
