import { abortNavigation, createError, defineNuxtRouteMiddleware, navigateTo, useError, useRuntimeConfig } from '#app'
import type { RouteMiddleware } from '#app'
import type { RouteLocationNormalized } from 'vue-router'
import { rules as ofRoutes } from '#build/nuxt-authjs/rules.mjs'
import { decideStrictest } from '../../shared/access'
import { findPathRules } from '../../shared/paths'
import type { AuthRule, PublicAuthConfig } from '../../shared/types'
import { useAuth } from '../composables/useAuth'
import { useAuthState } from '../state'

/** Pages are guarded on the matched route records: whatever way the path was written, this is the page that renders. */
const middleware: RouteMiddleware = defineNuxtRouteMiddleware(async (to) => {
  const { app, public: { auth } } = useRuntimeConfig()
  const { protect, redirect, basePath } = auth as PublicAuthConfig
  const rules = collectRules(to, protect)
  // An error page shows the error, in place of the page at its address.
  if (rules.every(rule => rule === false) || (import.meta.server && useError().value)) return
  const { session, error } = useAuthState()
  if (import.meta.client && session.value === undefined) await useAuth().refresh()
  if (session.value === undefined && error.value && !isSignInPage(to, redirect.signIn)) return refuse(503, 'Service Unavailable')

  const { access, rule } = decideStrictest(rules, session.value)
  if (access === 'allow') return
  if (access === 'home') return navigateTo(redirect.home)
  // Whoever is sent to the sign-in page has to arrive there, whatever its rule.
  if (isSignInPage(to, redirect.signIn)) return
  if (access === 'sign-in') return toSignIn(to, (app as { baseURL: string }).baseURL.replace(/\/$/, ''), redirect.signIn, basePath)
  if (typeof rule === 'object' && rule.redirectTo) return navigateTo(rule.redirectTo)
  return refuse(403, 'Forbidden')
})

export default middleware

// Fatal: in the browser, too, the visitor sees the error page and not a link that does nothing.
function refuse(statusCode: number, statusMessage: string) {
  return abortNavigation(createError({ statusCode, statusMessage, fatal: true }))
}

/** The rules of every matched record and of the path; the default where none says anything. No record, no rule: a 404 shows nothing private. */
function collectRules(to: RouteLocationNormalized, protect: AuthRule): AuthRule[] {
  const ofPath = findPathRules(ofRoutes, [toPlain(to.path)])
  // Declared by the generated types of each app.
  const rules = to.matched.map(record => record.meta.auth as AuthRule | undefined).filter(rule => rule !== undefined).concat(ofPath)
  if (rules.length > 0) return rules
  return to.matched.length > 0 ? [protect] : [false]
}

function toPlain(path: string): string {
  return path.toLowerCase().replace(/(?<=.)\/$/, '')
}

function isSignInPage(to: RouteLocationNormalized, signIn: string): boolean {
  // As the router does, which folds case and allows a slash at the end.
  return signIn !== '' && toPlain(to.path) === toPlain(signIn)
}

function toSignIn(to: RouteLocationNormalized, base: string, signIn: string, basePath: PublicAuthConfig['basePath']) {
  const query = new URLSearchParams({ callbackUrl: `${base}${to.fullPath}` })
  if (signIn) return navigateTo(`${signIn}?${query}`)
  return navigateTo(`${base}${basePath}/signin?${query}`, { external: true })
}
