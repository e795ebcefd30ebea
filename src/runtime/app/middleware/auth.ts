import { abortNavigation, createError, defineNuxtRouteMiddleware, onNuxtReady, useError, useNuxtApp } from '#app'
import type { RouteMiddleware } from '#app'
import { leftOut } from '../../shared/prerender'
import { useAuth } from '../composables/useAuth'
import { collectRules, isOpen, reenter } from '../rules'
import { useAuthState } from '../state'

const loadGuard = () => import('../guard')

/** Pages are guarded on the matched route records: whatever way the path was written, this is the page that renders. */
const middleware: RouteMiddleware = defineNuxtRouteMiddleware((to) => {
  const nuxtApp = useNuxtApp()
  // What a middleware returns of a verb's result leads nowhere: the redirect is the answer.
  if (import.meta.server && useAuthState().isLeaving) return false
  const rules = collectRules(to)
  // Before the first link to a guarded page is followed.
  if (import.meta.client && nuxtApp.isHydrating) onNuxtReady(() => void loadGuard().catch(() => {}))
  // An error page shows the error, in place of the page at its address.
  if (isOpen(rules) || (import.meta.server && useError().value)) return
  if (import.meta.prerender) return abortNavigation(createError({ statusCode: 401, statusMessage: leftOut, fatal: true }))
  const { refresh } = useAuth()
  const state = useAuthState()
  // What a page arrives with was decided where it was rendered.
  if (import.meta.client && nuxtApp.isHydrating && nuxtApp.payload.serverRendered) {
    if (state.session.value !== undefined) return
    // A page that was rendered for all users decides once Vue has taken over its markup, which another page can't hydrate.
    if (!nuxtApp.payload.error) return onNuxtReady(() => reenter(nuxtApp))
  }
  // Most pages are open: who may enter the others is a chunk of its own.
  return loadGuard().then(({ guardPage }) => guardPage(nuxtApp, to, rules, state, refresh))
})

export default middleware
