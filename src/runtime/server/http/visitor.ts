import type { AuthEvent } from '../../shared/types'
import { getRequestParts, isCachedEvent, isSharedRender } from './request'

/**
 * The event whose answer the browser gets. A request that the app makes to itself on behalf of a visitor (`event.$fetch`,
 * `useRequestFetch`) is the visitor's: a cookie that it sets has to go out there, and once.
 */
export function toVisitorEvent(event: AuthEvent): AuthEvent {
  // Nitro 2 hangs the context of the visitor's request there. https://github.com/unjs/node-mock-http
  const { node } = event as { node?: { req?: { __unenv__?: { nuxtAuthjs?: { event?: AuthEvent } } } } }
  const outer = node?.req?.__unenv__?.nuxtAuthjs?.event
  if (!outer || outer === event || isForAll(event) || isForAll(outer)) return event
  // With other cookies it is for somebody else.
  return toCookieHeader(outer) === toCookieHeader(event) ? toVisitorEvent(outer) : event
}

function isForAll(event: AuthEvent): boolean {
  return isSharedRender(event) || isCachedEvent(event)
}

function toCookieHeader(event: AuthEvent): string | null {
  return getRequestParts(event).headers.get('cookie')
}
