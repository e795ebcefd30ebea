import { abortNavigation, createError, navigateTo } from '#app'
import type { NuxtApp } from '#app'
import type { NavigationGuardReturn, RouteLocationNormalized } from 'vue-router'
import { options } from '#build/nuxt-authjs/options.mjs'
import { decideStrictest } from '../shared/access'
import type { AuthRedirect } from '../shared/hooks'
import type { AuthRule } from '../shared/types'
import { localise, toAddress, toPage } from './address'
import { getBase, getRouter } from './context'
import { toPlain } from './rules'
import type { AuthState } from './state'

/**
 * Decides by the rules of a page who may enter it. Users who may not are redirected, or get 403.
 * If the session could not be read, the page stays closed: 400 for a malformed request, otherwise 503.
 */
export async function guardPage(
  nuxtApp: NuxtApp, to: RouteLocationNormalized, rules: AuthRule[], state: AuthState, refresh: () => Promise<unknown>,
): Promise<NavigationGuardReturn> {
  const { session, asked, error } = state
  // Also asks after the session has expired on this page: another request may have renewed it.
  if (import.meta.client && !session.value && !asked.value) await refresh()
  const { signIn, home } = options.redirect
  const isSignIn = signIn !== '' && toPlain(to.path) === toPlain(localise(nuxtApp, to.path, signIn))
  if (!asked.value && error.value && !isSignIn) {
    return error.value.statusCode === 400
      ? await refuse(nuxtApp, 400, 'Bad Request')
      : await refuse(nuxtApp, 503, 'Service Unavailable')
  }

  const { access, rule } = decideStrictest(rules, session.value)
  // Users who are sent to the sign-in page have to arrive there, whatever its rule.
  if (access === 'allow' || (isSignIn && access !== 'home')) return
  const redirectTo = typeof rule === 'object' ? rule.redirectTo : undefined
  const path = { 'home': home, 'sign-in': signIn, 'forbid': redirectTo }[access]
  const target: AuthRedirect = { access, from: to.fullPath, path: path ? localise(nuxtApp, to.path, path) : '' }
  await nuxtApp.callHook('auth:redirect', target)
  if (access === 'sign-in') return await goToSignIn(nuxtApp, to, target.path)
  return target.path ? await goTo(nuxtApp, target.path) : await refuse(nuxtApp, 403, 'Forbidden')
}

/**
 * Shows the error page.
 * Fatal in the browser only, where a link would otherwise seem to do nothing. On the server, Nitro would log a stack.
 */
async function refuse(nuxtApp: NuxtApp, statusCode: number, statusMessage: string): Promise<NavigationGuardReturn> {
  const error = { statusCode, statusMessage, fatal: import.meta.client }
  return await nuxtApp.runWithContext(() => abortNavigation(createError(error)))
}

/** Goes to the app's own sign-in page, or to the default one if `signIn` is empty. */
async function goToSignIn(
  nuxtApp: NuxtApp, to: RouteLocationNormalized, signIn: string,
): Promise<NavigationGuardReturn> {
  const base = getBase(nuxtApp)
  const query = new URLSearchParams({ callbackUrl: toAddress(getRouter(nuxtApp), base, base + to.fullPath) })
  if (signIn) return await goTo(nuxtApp, `${signIn}?${query}`)
  return await goToAddress(nuxtApp, `${base}${options.basePath}/signin?${query}`)
}

/** Goes to a path of the app: a page of the router, or else a file, a server route or a proxied path. */
async function goTo(nuxtApp: NuxtApp, path: string): Promise<NavigationGuardReturn> {
  const router = getRouter(nuxtApp)
  const address = toAddress(router, getBase(nuxtApp), path)
  const page = toPage(router, address)
  return page ? await nuxtApp.runWithContext(() => navigateTo(page.fullPath)) : await goToAddress(nuxtApp, address)
}

async function goToAddress(nuxtApp: NuxtApp, address: string): Promise<NavigationGuardReturn> {
  return await nuxtApp.runWithContext(() => navigateTo(address, { external: true }))
}
