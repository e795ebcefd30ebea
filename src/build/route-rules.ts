import { decideAccess, isAuthRule } from '../runtime/shared/access'
import { NuxtAuthError } from '../runtime/shared/errors'
import { isAbout, isSharedRoute } from '../runtime/shared/paths'
import type { PathRule, SharingRules } from '../runtime/shared/paths'
import type { AuthRule } from '../runtime/shared/types'

/** Nuxt's route rules, reduced to the properties that this module reads. */
export type RouteRules = Record<string, SharingRules & { auth?: unknown } | undefined>

/**
 * A route pattern with its rule and the sources of two regular expressions: `folded` matches paths in lower case,
 * `exact` matches paths as they are written.
 */
export interface CompiledRule { pattern: string, folded: string, exact: string, rule: AuthRule }

/** The route rules with `auth`, the most specific last. Pure. Throws AUTH_M005 if an `auth` is not a rule. */
export function compileRules(routeRules: RouteRules): CompiledRule[] {
  return Object.entries(routeRules)
    .filter(([, rules]) => rules?.auth !== undefined)
    .map(([pattern, rules]) => ({
      pattern,
      folded: toSource(pattern.toLowerCase()),
      exact: toSource(pattern),
      rule: requireRule(`routeRules['${pattern}'].auth`, rules?.auth),
    }))
    .sort((left, right) => toSpecificity(left.pattern) - toSpecificity(right.pattern))
}

/** A value of nuxt.config as a rule. Pure. Throws AUTH_M005, which names `key`, if the value is not a rule. */
export function requireRule(key: string, value: unknown): AuthRule {
  if (isAuthRule(value)) return value
  const expected = 'true, false, \'guest\' or { match, redirectTo }'
  throw new NuxtAuthError('AUTH_M005', { key, value: JSON.stringify(value), expected })
}

/** The rules, if the host can enforce them. Nitro 3 has no hook that runs before all handlers: AUTH_M007. Pure. */
export function requireEnforceable(rules: CompiledRule[], nitroVersion: number): CompiledRule[] {
  const [first] = rules
  if (!first || nitroVersion < 3) return rules
  throw new NuxtAuthError('AUTH_M007', { pattern: first.pattern, version: nitroVersion })
}

/** The rules in the form that guards search. Pure. */
export function toPathRules(rules: CompiledRule[]): PathRule<AuthRule>[] {
  return rules.map(({ pattern, folded, exact, rule }) => [new RegExp(folded), rule, new RegExp(exact), pattern])
}

/** Rules that deny every path to everyone. They replace rules that can't be compiled. Pure. */
export function denyAll(): CompiledRule[] {
  return compileRules({ '/**': { auth: { match: {} } } })
}

/**
 * The route rules without `auth`. They are part of the runtime config, which Nuxt reads at every render, and each key
 * slows that down; the guards' rules are a module of their own. Pure.
 */
export function withoutAuth(routeRules: RouteRules): RouteRules {
  return Object.fromEntries(Object.entries(routeRules).flatMap(([pattern, rules = {}]) => {
    const { auth, ...rest } = rules
    // Nitro sets unused keys to undefined.
    const isEmpty = Object.values(rest).every(value => value === undefined)
    return isEmpty && auth !== undefined ? [] : [[pattern, rest]]
  }))
}

/** Patterns that are both guarded and cached, although all users share what is cached. Pure. */
export function findCachedAndGuarded(routeRules: RouteRules): string[] {
  return Object.entries(routeRules)
    .filter(([, rules = {}]) => (rules.auth ?? false) !== false && isSharedRoute(rules))
    .map(([pattern]) => pattern)
}

/** The guarded pages that the route rules cache, although all users share what is cached. Pure. */
export function findCachedPages(routeRules: RouteRules, guardedPaths: string[]): string[] {
  const cached = Object.entries(routeRules)
    .filter(([, rules = {}]) => isSharedRoute(rules))
    .map(([pattern]) => new RegExp(toSource(pattern.toLowerCase())))
  return guardedPaths.filter(path => cached.some(expression => expression.test(path.toLowerCase())))
}

/** Routes of Auth.js that an anonymous user needs to sign in. */
const signInRoutes = ['csrf', 'session', 'signin', 'signin/provider', 'callback/provider', 'error', 'verify-request']

/**
 * Refuses rules written for a path that signing in needs, if they close it to anonymous users. Rules for wider patterns
 * are fine, because the guards exempt these paths from them. Pure. Throws AUTH_M009.
 */
export function requireSignInOpen(rules: CompiledRule[], basePath: string, signInPaths: string[]): void {
  const needed = [
    ...signInRoutes.map(route => ({ path: `${basePath}/${route}`, part: basePath })),
    ...signInPaths.map(path => ({ path, part: path })),
  ]
  for (const { path, part } of needed) {
    const found = rules.findLast(({ folded }) => new RegExp(folded).test(path.toLowerCase()))
    const isClosed = found && isAbout(found.pattern, part) && decideAccess(found.rule, null) !== 'allow'
    if (isClosed) throw new NuxtAuthError('AUTH_M009', { pattern: found.pattern, path })
  }
}

// `**` is the rest of a path; `*` and `:name` are one segment, which may be empty. https://nitro.build/guide/routing
function toSource(pattern: string): string {
  const segments = pattern.split('/').filter(Boolean)
  const source = segments.map((segment) => {
    if (segment.startsWith('**')) return '(?:/.*)?'
    if (isWildcard(segment)) return '/[^/]*'
    return `/${segment.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`
  }).join('')
  return `^${source || '/'}$`
}

// The number of segments comes first, then the number of fixed ones; a `**` counts least.
function toSpecificity(pattern: string): number {
  const weigh = (segment: string) => segment.startsWith('**') ? 1 : isWildcard(segment) ? 100 : 101
  return pattern.split('/').filter(Boolean).reduce((sum, segment) => sum + weigh(segment), 0)
}

function isWildcard(segment: string): boolean {
  return segment === '*' || segment.startsWith(':')
}
