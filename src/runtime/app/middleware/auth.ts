import { abortNavigation, createError, defineNuxtRouteMiddleware, onNuxtReady, useError, useNuxtApp } from '#app'
import type { RouteMiddleware } from '#app'
import { leftOut } from '../../shared/access'
import { useAuth } from '../composables/useAuth'
import { collectRules, isOpen, reenter } from '../rules'
import { useAuthState } from '../state'

/** Lazy-loaded, because most pages are open. */
const loadGuard = () => import('../guard')

/** Guards pages by the route records that match, because these are what renders, however the path is written. */
const middleware: RouteMiddleware = defineNuxtRouteMiddleware((to) => {
  const nuxtApp = useNuxtApp()
  // A verb has already answered this request with a redirect.
  if (import.meta.server && useAuthState().isLeaving) return false
  const rules = collectRules(to)
  // Loads the guard before the user follows a link to a guarded page.
  if (import.meta.client && nuxtApp.isHydrating) onNuxtReady(() => void loadGuard().catch(() => {}))
  // An error page shows the error, and nothing of the page that was asked for.
  if (isOpen(rules) || (import.meta.server && useError().value)) return
  if (import.meta.prerender) {
    return abortNavigation(createError({ statusCode: 401, statusMessage: leftOut, fatal: true }))
  }
  const { refresh } = useAuth()
  const state = useAuthState()
  if (import.meta.client && nuxtApp.isHydrating && nuxtApp.payload.serverRendered) {
    // The guard has decided on the server.
    if (state.session.value !== undefined) return
    // A page that was rendered for all users is hydrated first: the markup of another page would not match.
    if (!nuxtApp.payload.error) return onNuxtReady(() => reenter(nuxtApp))
  }
  return loadGuard().then(({ guardPage }) => guardPage(nuxtApp, to, rules, state, refresh))
})

export default middleware
