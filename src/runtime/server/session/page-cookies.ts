import { getCookieHeader, getResponseHeader, setCookie } from '#nuxt-authjs/host'
import { parse, parseSetCookie, splitSetCookieString } from 'cookie-es'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { canAnswer } from '../http/cookies'
import { isCachedEvent, isSharedRender } from '../http/request'
import { toVisitorEvent } from '../http/visitor'
import { makePrivate } from './reading'

const changed = new WeakSet<AuthEvent>()

/** The cookies of a page while it renders, so that a function such as `signOut()` can change the browser's cookies. */
export interface PageCookies {
  /** True if the page can still set a cookie of its user. */
  isOpen: (page: AuthEvent) => boolean
  /** Throws AUTH_A001 if the page is shared by all users, AUTH_A002 if its headers have been sent. */
  requireOpen: (page: AuthEvent) => void
  /**
   * The `Cookie` header of the page's next internal request: the browser's cookies, changed by those that the page
   * sets.
   */
  toHeaders: (page: AuthEvent) => Record<string, string>
  /**
   * Sends the `Set-Cookie` headers of an internal response with the page, which becomes private. Throws like
   * `requireOpen`.
   */
  add: (page: AuthEvent, setCookies: string[]) => void
}

export const pageCookies: PageCookies = { isOpen, requireOpen, toHeaders, add }

/** True if `pageCookies.add` has added cookies to this page. */
export function hasPageCookies(page: AuthEvent): boolean {
  return changed.has(page)
}

function isOpen(page: AuthEvent): boolean {
  return !isShared(page) && canAnswer(toVisitorEvent(page))
}

function requireOpen(page: AuthEvent): void {
  if (isShared(page)) throw new NuxtAuthError('AUTH_A001')
  if (!canAnswer(toVisitorEvent(page))) throw new NuxtAuthError('AUTH_A002')
}

function isShared(page: AuthEvent): boolean {
  return isSharedRender(page) || isCachedEvent(page)
}

function toHeaders(page: AuthEvent): Record<string, string> {
  const set = readSetCookies(toVisitorEvent(page))
  if (set.length === 0) return {}
  const cookies = new Map(Object.entries(parse(getCookieHeader(page), { decode: value => value })))
  for (const text of set) {
    const { name, value, maxAge, expires } = parseSetCookie(text, { decode: value => value })
    const isExpired = maxAge === undefined && expires !== undefined && expires.getTime() <= Date.now()
    if (value === '' || maxAge === 0 || isExpired) cookies.delete(name)
    else cookies.set(name, value)
  }
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
}

function add(page: AuthEvent, setCookies: string[]): void {
  if (setCookies.length === 0) return
  requireOpen(page)
  const visited = toVisitorEvent(page)
  for (const text of setCookies) {
    const { name, value, ...options } = parseSetCookie(text)
    setCookie(visited, name, value, options)
  }
  makePrivate(visited)
  changed.add(page)
}

// One header per cookie on h3 v1; joined by commas on h3 v2.
function readSetCookies(event: AuthEvent): string[] {
  const set = getResponseHeader(event, 'set-cookie')
  return [set ?? []].flat().flatMap(line => splitSetCookieString(String(line)))
}
