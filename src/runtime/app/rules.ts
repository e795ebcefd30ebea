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
  const found = [findPathRule(routeRules, toPlain(path)), findWrittenRule(routeRules, withoutSlash(path))]
  const all = [...matched.map(({ meta }) => meta.auth), ...found.map(entry => entry?.[1])]
  const rules = all.filter(rule => rule !== undefined)
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
<<<<<<< HEAD

const warned = new Set<string>()

/**
 * Logs AUTH_M011, once per page, for a page rule that the build could not check because it is not a literal.
 * For development only: it imports the error catalogue, which is not part of a built app.
 */
export function warnOfInvalid({ path }: RouteLocationNormalized, rules: AuthRule[]): void {
  const invalid = rules.find(rule => !isAuthRule(rule))
  if (invalid === undefined || warned.has(path)) return
  warned.add(path)
  void import('../shared/errors').then(({ NuxtAuthError }) =>
    // eslint-disable-next-line no-console -- development only
    console.warn(new NuxtAuthError('AUTH_M011', { file: path, problem: describeRule(invalid) }).message))
}
=======
>>>>>>> 3ea1448 (refactor: the app code is grouped, reads in plain English, and has no language code in apps of one language)
