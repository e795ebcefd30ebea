import type { AuthEvent } from '../../shared/types'
import { getRequestParts, isCachedEvent, isSharedRender } from './request'
import type { AnyH3Event } from './request'

/**
 * The event whose response the browser receives. For a request that the app makes to itself on a user's behalf
 * (`event.$fetch`, `useRequestFetch`), that is the outer event: the browser gets cookies from its response only.
 */
export function toVisitorEvent(event: AuthEvent): AuthEvent {
  // Nitro 2 sets `__unenv__` to the context of the outer request. https://github.com/unjs/node-mock-http
  const { node }: AnyH3Event = event
  const outer = node?.req?.__unenv__?.nuxtAuthjs?.event
  if (!outer || outer === event || isShared(event) || isShared(outer)) return event
  // A request with other cookies may be for another user.
  return toCookieHeader(outer) === toCookieHeader(event) ? toVisitorEvent(outer) : event
}

function isShared(event: AuthEvent): boolean {
  return isSharedRender(event) || isCachedEvent(event)
}

function toCookieHeader(event: AuthEvent): string | null {
  return getRequestParts(event).headers.get('cookie')
}
