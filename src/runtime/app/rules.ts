import type { NuxtApp } from '#app'
import type { RouteLocationNormalized } from 'vue-router'
import { options } from '#build/nuxt-authjs/options.mjs'
import { rules as routeRules } from '#build/nuxt-authjs/rules.mjs'
import { findPathRule, findWrittenRule } from '../shared/paths'
import type { AuthRule } from '../shared/types'
import { getRouter } from './context'

/**
 * The rules of a page: those of every matched route record and of its path, or the default if there are none.
 * A path that no record matches is open: a 404 page shows nothing private.
 */
export function collectRules({ path, matched }: RouteLocationNormalized): AuthRule[] {
  // The rule of the path as written counts, too: to a catch-all page, another case may be another path.
  const folded = findPathRule<AuthRule>(routeRules, toPlain(path))
  const written = findWrittenRule<AuthRule>(routeRules, withoutSlash(path))
  // Only the generated types of an app declare `meta.auth`.
  const ofRecords = matched.map(({ meta }) => meta.auth as AuthRule | undefined)
  const rules = [...ofRecords, folded?.[1], written?.[1]].filter(rule => rule !== undefined)
  // The check and the error catalogue are not part of a production build.
  if (import.meta.dev) void import('./rule-check').then(({ warnOfInvalidRules }) => warnOfInvalidRules(path, rules))
  if (rules.length > 0) return rules
  return matched.length > 0 ? [options.protect] : [false]
}

/** True if the rules let everyone in, signed in or not. */
export function isOpen(rules: AuthRule[]): boolean {
  return rules.every(rule => rule === false)
}

/** A path as vue-router compares it: in lower case and without a trailing slash. */
export function toPlain(path: string): string {
  return withoutSlash(path).toLowerCase()
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Makes the guards of the current page decide again, after the session has changed. */
export function reenter(nuxtApp: NuxtApp): void {
  const { currentRoute, replace } = getRouter(nuxtApp)
  if (!isOpen(collectRules(currentRoute.value))) void replace({ ...currentRoute.value, force: true })
}
