import { defineNitroPlugin, useFirst, usePage } from '#nuxt-authjs/host'
import type { AuthEvent, Session } from '../shared/types'
import { guardPrerender, guardRoute, guardUpgrade, hasRouteRules } from './guard/route-guard'
import type { RedirectHook } from './guard/route-guard'
import { hasPageCookies, pageCookies } from './session/page-cookies'
import type { PageCookies } from './session/page-cookies'
import { toPrivateHeaders } from './session/reading'
import { isPersonal, readSessionForRender } from './session/session'
import { requireStart } from './start'

/** The functions that a page render finds in its context, because the app never imports the server. */
interface Bridge {
  readSession: (page: AuthEvent) => Promise<Session | null | undefined>
  cookies: PageCookies
  /** The user's request: internal requests of the app are made on its behalf. */
  event: AuthEvent
  /** The event that the page renders with. In Nitro 3, it differs from the request's. */
  page?: AuthEvent
}

// h3 leaves the type of `context` to its users.
const toContext = ({ context }: AuthEvent) => context as { nuxtAuthjs: Bridge }

export default defineNitroPlugin((nitro) => {
  void requireStart()
  const callHook: RedirectHook = redirect => nitro.hooks.callHook('auth:redirect', redirect)
  // Before every handler, and not in Nitro's `request` hook, which costs every route a microsecond or more.
  useFirst(nitro, (event) => {
    toContext(event).nuxtAuthjs = { readSession, cookies: pageCookies, event }
    if (import.meta.prerender) guardPrerender(event)
    return hasRouteRules ? guardRoute(event, callHook) : undefined
  }, hasRouteRules ? guardUpgrade : undefined)
  // Last, over headers of the app: a page that has read a session, or sets its cookie, is private.
  usePage(nitro, async (page, vary, setHeaders) => {
    if (hasPageCookies(page) || await isPersonal(page)) setHeaders(toPrivateHeaders(vary))
  })
})

function readSession(page: AuthEvent): Promise<Session | null | undefined> {
  toContext(page).nuxtAuthjs.page = page
  return readSessionForRender(page)
}
