import type { NuxtApp } from '#app'
import { isTranslated } from '#build/nuxt-authjs/languages.mjs'
import type { RouteLocationResolved, Router } from 'vue-router'
import { isBelow } from '../shared/callback-url'
import { toLanguageOf } from '../shared/languages'
import { getRouter } from './context'

/**
 * The address of a path of the app: below `app.baseURL`, and behind the `#` if the router has its routes there.
 * A path that already begins with either is returned unchanged. So is a value that is not a path: the server checks it.
 */
export function toAddress(router: Router, base: string, path: string): string {
  const root = router.options.history.base
  if (!/^\/(?![/\\])/.test(path) || isBelow(path, root)) return path
  const own = isBelow(path, base) ? path.slice(base.length) : path
  // Files and server routes are never behind the `#`.
  const isPage = root !== base && router.resolve(own).matched.length > 0
  return (isPage ? root : base) + own
}

/** The router's page at an address; undefined if the router has no page there. */
export function toPage(router: Router, address: string): RouteLocationResolved | undefined {
  const root = router.options.history.base
  if (!isBelow(address, root)) return undefined
  const page = router.resolve(address.slice(root.length).replace(/^\/*/, '/'))
  return page.matched.length > 0 ? page : undefined
}

/** The page at `path` in the language of `from`. `path` itself in an app without translated pages. */
export function localise(nuxtApp: NuxtApp, from: string, path: string): string {
  // A constant of the build, so that the bundle of an app in one language has no code for languages.
  return isTranslated ? toLanguageOf(from, path, getRouter(nuxtApp).getRoutes()) : path
}
