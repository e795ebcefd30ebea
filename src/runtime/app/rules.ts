import type { NuxtApp } from '#app'
import type { RouteLocationNormalized, Router } from 'vue-router'
import { options } from '#build/nuxt-authjs/options.mjs'
import { rules as ofRoutes } from '#build/nuxt-authjs/rules.mjs'
import { describeRule, isAuthRule } from '../shared/access'
import { findPathRule, findWrittenRule } from '../shared/paths'
import type { AuthRule } from '../shared/types'

/** The rules of every matched record and of the path; the default where none says anything. No record, no rule: a 404 shows nothing private. */
export function collectRules(to: RouteLocationNormalized): AuthRule[] {
  // A catch-all page may take another case of a path for another page, so the rule of the path as it is written counts, too.
  const ofPath = [findPathRule(ofRoutes, toPlain(to.path)), findWrittenRule(ofRoutes, withoutSlash(to.path))].flatMap(found => found?.[1] ?? [])
  // Declared by the generated types of each app.
  const rules = to.matched.map(record => record.meta.auth as AuthRule | undefined).filter(rule => rule !== undefined).concat(ofPath)
  if (import.meta.dev) warnOfInvalid(to, rules)
  if (rules.length > 0) return rules
  return to.matched.length > 0 ? [options.protect] : [false]
}

/** True where nobody is asked who he is. */
export function isOpen(rules: AuthRule[]): boolean {
  return rules.every(rule => rule === false)
}

/** A path as vue-router compares it: case folded, and without a slash at the end. */
export function toPlain(path: string): string {
  return withoutSlash(path).toLowerCase()
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Lets the guards of the current page decide again: the session ended while the visitor was on it. */
export function reenter({ $router }: NuxtApp): void {
  // Nuxt's own, which it types in each app only.
  const { currentRoute, replace } = $router as Router
  if (!isOpen(collectRules(currentRoute.value))) void replace({ ...currentRoute.value, force: true })
}

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
