import type { AuthEvent } from '../../shared/types'
import { getRequestParts, isCachedEvent, isSharedRender } from './request'

/**
 * The event whose response the browser receives. For a request that the app makes to itself on a user's behalf
 * (`event.$fetch`, `useRequestFetch`) that is the outer event: a cookie set for the inner one has to go out there, once.
 */
export function toVisitorEvent(event: AuthEvent): AuthEvent {
  // Nitro 2 keeps the context of the outer request there. https://github.com/unjs/node-mock-http
  const { node } = event as { node?: { req?: { __unenv__?: { nuxtAuthjs?: { event?: AuthEvent } } } } }
  const outer = node?.req?.__unenv__?.nuxtAuthjs?.event
  if (!outer || outer === event || isShared(event) || isShared(outer)) return event
  // With other cookies, it is a request for another user.
  return toCookieHeader(outer) === toCookieHeader(event) ? toVisitorEvent(outer) : event
}

function isShared(event: AuthEvent): boolean {
  return isSharedRender(event) || isCachedEvent(event)
}

function toCookieHeader(event: AuthEvent): string | null {
  return getRequestParts(event).headers.get('cookie')
}
