import { defineNitroPlugin, useFirst } from '#nuxt-authjs/host'
import { after } from './after'
import { guardRoute, guardUpgrade, hasRouteRules } from './route-guard'
import type { Tell } from './route-guard'
import { toPrivateHeaders } from './reading'
import { isPersonal, readSessionForRender } from './session'
import { requireStart } from './start'

export default defineNitroPlugin((nitro) => {
  void requireStart()
  const tell: Tell = redirect => nitro.hooks.callHook('auth:redirect', redirect)
  // Before every handler, and not in the hook of each request: a hook costs every route a µs or more.
  useFirst(nitro, (event) => {
    // What a page render calls, for the app never imports the server; and whom a request that the app makes to itself is for.
    (event.context as { nuxtAuthjs?: object }).nuxtAuthjs = { readSession: readSessionForRender, event }
    return hasRouteRules ? guardRoute(event, tell) : undefined
  }, hasRouteRules ? guardUpgrade : undefined)
  // Last word on the page's headers: a page that knows a visitor is nobody else's, whatever it set itself.
  nitro.hooks.hook('render:response', (response, { event }) => after(isPersonal(event), (isPrivate) => {
    if (isPrivate) response.headers = Object.assign({}, response.headers, toPrivateHeaders(event))
  }))
})
