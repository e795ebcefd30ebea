import { abortNavigation, createError, navigateTo } from '#app'
import type { NuxtApp } from '#app'
import type { NavigationGuardReturn, RouteLocationNormalized, Router } from 'vue-router'
import { options } from '#build/nuxt-authjs/options.mjs'
import { decideStrictest } from '../shared/access'
import type { AuthRedirect } from '../shared/hooks'
import { toLanguageOf } from '../shared/languages'
import type { AuthRule } from '../shared/types'
import { toAddress, toPage } from './address'
import { toPlain } from './rules'
import type { AuthState } from './state'

/** Decides who may enter a page by its rules, and sends everybody else where he belongs: nowhere, where nobody can say who he is. */
export async function guardPage(nuxtApp: NuxtApp, to: RouteLocationNormalized, rules: AuthRule[], state: AuthState, refresh: () => Promise<unknown>): Promise<NavigationGuardReturn> {
  const { session, asked, error } = state
  // Also where the session ended by the clock: another request may have renewed it.
  if (import.meta.client && !session.value && !asked.value) await refresh()
  const localise = (path: string) => toLanguageOf(to.path, path, (nuxtApp.$router as Router).getRoutes())
  const isSignIn = options.redirect.signIn !== '' && toPlain(to.path) === toPlain(localise(options.redirect.signIn))
  if (!asked.value && error.value && !isSignIn) return await refuseUnknown(nuxtApp, error.value)

  const { access, rule } = decideStrictest(rules, session.value)
  // Whoever is sent to the sign-in page has to arrive there, whatever its rule.
  if (access === 'allow' || (isSignIn && access !== 'home')) return
  const ofRule = typeof rule === 'object' ? rule.redirectTo : undefined
  const path = { 'home': options.redirect.home, 'sign-in': options.redirect.signIn, 'forbid': ofRule }[access]
  const target: AuthRedirect = { access, from: to.fullPath, path: path ? localise(path) : '' }
  await nuxtApp.callHook('auth:redirect', target)
  if (access === 'sign-in') return await toSignIn(nuxtApp, to, target.path)
  return target.path ? await goTo(nuxtApp, target.path) : await refuse(nuxtApp, 403, 'Forbidden')
}

/** For a visitor whose session could not be read: 400 if the request was malformed, otherwise an outage. */
async function refuseUnknown(nuxtApp: NuxtApp, { statusCode }: Error & { statusCode?: number }): Promise<NavigationGuardReturn> {
  if (statusCode === 400) return await refuse(nuxtApp, 400, 'Bad Request')
  return await refuse(nuxtApp, 503, 'Service Unavailable')
}

// Fatal in the browser, where the visitor would see a link that does nothing instead of the error page. On the server, Nitro would log it with its stack.
async function refuse(nuxtApp: NuxtApp, statusCode: number, statusMessage: string): Promise<NavigationGuardReturn> {
  return await nuxtApp.runWithContext(() => abortNavigation(createError({ statusCode, statusMessage, fatal: import.meta.client })))
}

async function toSignIn(nuxtApp: NuxtApp, to: RouteLocationNormalized, signIn: string): Promise<NavigationGuardReturn> {
  const base = toBase(nuxtApp)
  const query = new URLSearchParams({ callbackUrl: toAddress(nuxtApp.$router as Router, base, `${base}${to.fullPath}`) })
  return signIn
    ? await goTo(nuxtApp, `${signIn}?${query}`)
    : await nuxtApp.runWithContext(() => navigateTo(`${base}${options.basePath}/signin?${query}`, { external: true }))
}

/** A file, a server route or a proxied path is no page of the router: the server answers for it. */
async function goTo(nuxtApp: NuxtApp, path: string): Promise<NavigationGuardReturn> {
  const router = nuxtApp.$router as Router
  const address = toAddress(router, toBase(nuxtApp), path)
  const page = toPage(router, address)
  return await nuxtApp.runWithContext(() => page ? navigateTo(page.fullPath) : navigateTo(address, { external: true }))
}

function toBase({ $config }: NuxtApp): string {
  return $config.app.baseURL.replace(/\/$/, '')
}
