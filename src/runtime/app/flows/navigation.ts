import { navigateTo } from '#app'
import type { NuxtApp } from '#app'
import { options } from '#build/nuxt-authjs/options.mjs'
import type { AuthResult } from '../../shared/types'
import { toAddress, toPage } from '../address'
import { getRouter } from '../context'
import type { AuthContext } from '../context'
import { useAuthState } from '../state'

/** A path of this app. Also accepts a query parameter as `route.query` has it, which may be missing or a list. */
export type CallbackUrl = string | null | (string | null)[]

/** Options that every verb with a redirect has. */
export interface RedirectOptions {
  /** Where to go afterwards: a path of this app. Default: the current page. */
  callbackUrl?: CallbackUrl
  /** `false` stays on the page. */
  redirect?: boolean
}

/** The address to come back to: that of `callbackUrl`, or `fallback` if `callbackUrl` is not a single path. */
export function toCallbackAddress(
  { nuxtApp, base }: AuthContext, callbackUrl: CallbackUrl | undefined, fallback: string,
): string {
  return typeof callbackUrl === 'string' ? toAddress(getRouter(nuxtApp), base, callbackUrl) : fallback
}

/** The address of the current page, without its origin. */
export function getCurrentAddress({ nuxtApp, base }: AuthContext): string {
  return import.meta.client ? location.href.slice(location.origin.length) : base + (nuxtApp.ssrContext?.url ?? '/')
}

/**
 * Goes to the URL of a result, unless `redirect` is false: to a page without a reload, elsewhere by a full request.
 * Another site is opened only if `isProvider`, or if the definition itself named the URL (`result.redirect`).
 * Also works inside a route middleware, whatever the middleware returns.
 */
export async function follow(
  { nuxtApp, base }: AuthContext, result: AuthResult, redirect: boolean, isProvider = false,
): Promise<AuthResult> {
  if (!redirect || !result.url) return result
  if (import.meta.server) return await leave(nuxtApp, result, result.url)
  const { origin, pathname, search, hash } = new URL(result.url, location.href)
  const isSameOrigin = origin === location.origin
  // A provider may have its pages on this very origin, as Auth.js has below its base path: no router page is meant.
  const isPage = isSameOrigin && !isProvider && !pathname.startsWith(`${base}${options.basePath}/`)
  const page = isPage && toPage(getRouter(nuxtApp), pathname + search + hash)
  // Nuxt sets this from the first guard of a navigation until the end of the navigation.
  const isNavigating = Boolean(nuxtApp._processingMiddleware)
  // If a guard aborts the first navigation, Nuxt shows an error page. So the target is loaded by a full request.
  if (!page || (isNavigating && nuxtApp.isHydrating)) {
    const isAllowed = isSameOrigin || isProvider || result.redirect
    return await leave(nuxtApp, result, isAllowed ? result.url : `${base}/`, isNavigating)
  }
  // Forced, because the guard of the current page has to decide again.
  await getRouter(nuxtApp).push({ ...page, force: true })
  // An object that a route middleware returns is the next target. Here it has to be the page that is open by now.
  return isNavigating ? { ...result, ...{ path: page.path, query: page.query, hash: page.hash } } : result
}

/** Leaves the page by a full request. */
async function leave(nuxtApp: NuxtApp, result: AuthResult, url: string, isNavigating = false): Promise<AuthResult> {
  await nuxtApp.runWithContext(() => {
    if (import.meta.server) useAuthState().isLeaving = true
    return navigateTo(url, { external: true })
  })
  // Never settles during a navigation: until the page is unloaded, a route middleware must not start another one.
  return isNavigating ? await new Promise(() => {}) : result
}
