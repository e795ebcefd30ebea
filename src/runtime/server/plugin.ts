import { defineNitroPlugin, useFirst, usePage } from '#nuxt-authjs/host'
import type { AuthEvent, Session } from '../shared/types'
import { guardPrerender, guardRoute, guardUpgrade, hasRouteRules } from './guard/route-guard'
import type { Tell } from './guard/route-guard'
import { hasPageCookies, pageCookies } from './session/page-cookies'
import type { PageCookies } from './session/page-cookies'
import { toPrivateHeaders } from './session/reading'
import { isPersonal, readSessionForRender } from './session/session'
import { requireStart } from './start'

/** What a page render finds in its context, for the app never imports the server. */
interface Bridge {
  readSession: (page: AuthEvent) => Promise<Session | null | undefined>
  cookies: PageCookies
  /** Whom a request that the app makes to itself is for. */
  event: AuthEvent
  /** What the page was rendered with: Nitro 3 makes another event for it. */
  page?: AuthEvent
}
const toContext = ({ context }: AuthEvent) => context as { nuxtAuthjs: Bridge }

export default defineNitroPlugin((nitro) => {
  void requireStart()
  const tell: Tell = redirect => nitro.hooks.callHook('auth:redirect', redirect)
  // Before every handler, and not in the hook of each request: a hook costs every route a µs or more.
  useFirst(nitro, (event) => {
    toContext(event).nuxtAuthjs = { readSession, cookies: pageCookies, event }
    if (import.meta.prerender) guardPrerender(event)
    return hasRouteRules ? guardRoute(event, tell) : undefined
  }, hasRouteRules ? guardUpgrade : undefined)
  // The last word on a page's headers: a page that has read a session, or sets its cookie, is private, whatever the app set.
  usePage(nitro, async (page, vary, setHeaders) => {
    if (hasPageCookies(page) || await isPersonal(page)) setHeaders(toPrivateHeaders(vary))
  })
})

function readSession(page: AuthEvent): Promise<Session | null | undefined> {
  toContext(page).nuxtAuthjs.page = page
  return readSessionForRender(page)
}
