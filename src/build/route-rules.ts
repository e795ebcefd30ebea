import { decideAccess, isAuthRule } from '../runtime/shared/access'
import { isAbout, isSharedRoute } from '../runtime/shared/paths'
import type { PathRule, SharingRules } from '../runtime/shared/paths'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { AuthRule } from '../runtime/shared/types'

export type RouteRules = Record<string, SharingRules & { auth?: unknown } | undefined>

/** A route pattern with its rule, and as regular expressions: `source` on paths in lower case, `written` on paths as they are written. */
export interface CompiledRule { pattern: string, source: string, written: string, rule: AuthRule }

/** The route rules with `auth`, most specific last. Pure. Throws AUTH_M005 for what is no rule. */
export function compileRules(routeRules: RouteRules): CompiledRule[] {
  const guarded = Object.entries(routeRules).filter(([, rules]) => rules?.auth !== undefined)
  return guarded
    .map(([pattern, rules]) => ({ pattern, source: toSource(pattern.toLowerCase()), written: toSource(pattern), rule: requireRule(`routeRules['${pattern}'].auth`, rules?.auth) }))
    .sort((left, right) => toSpecificity(left.pattern) - toSpecificity(right.pattern))
}

/** Refuses rules where nothing would enforce them: Nitro 3 gives no place before every handler yet. Throws AUTH_M007. */
export function requireEnforceable(rules: CompiledRule[], nitroVersion: number): CompiledRule[] {
  const [first] = rules
  if (first && nitroVersion >= 3) throw new NuxtAuthError('AUTH_M007', { pattern: first.pattern, version: nitroVersion })
  return rules
}

/** The rules as the guards look them up. */
export function toPathRules(rules: CompiledRule[]): PathRule<AuthRule>[] {
  return rules.map(({ pattern, source, written, rule }) => [new RegExp(source), rule, new RegExp(written), pattern] as const)
}

/** A rule that lets no one in anywhere, in place of rules that can't be read. */
export function closeEverything(): CompiledRule[] {
  return compileRules({ '/**': { auth: { match: {} } } })
}

/** The route rules without `auth`, for runtime config, each of whose keys costs every render: the rules are a module of their own. */
export function withoutAuth(routeRules: RouteRules): RouteRules {
  const others = Object.entries(routeRules).map(([pattern, { auth: _, ...rest } = {}]) => [pattern, rest] as const)
  // Nitro leaves keys without a value in them.
  return Object.fromEntries(others.filter(([pattern, rest]) => Object.values(rest).some(value => value !== undefined) || routeRules[pattern]?.auth === undefined))
}

/** Patterns that are stored for everybody and closed to somebody: one of the two can't be meant. */
export function findCachedAndGuarded(routeRules: RouteRules): string[] {
  return Object.entries(routeRules).filter(([, rules = {}]) => (rules.auth ?? false) !== false && isSharedRoute(rules)).map(([pattern]) => pattern)
}

/** Refuses rules that the app wrote on what signing in needs, and that close it to anonymous users. Pure. Throws AUTH_M009. */
export function requireWayIn(rules: CompiledRule[], basePath: string, signInPaths: string[]): void {
  const routes = ['csrf', 'session', 'signin', 'signin/provider', 'callback/provider', 'error', 'verify-request']
  const needed = [...routes.map(route => [`${basePath}/${route}`, basePath] as const), ...signInPaths.map(path => [path, path] as const)]
  for (const [path, part] of needed) {
    const found = rules.findLast(({ source }) => new RegExp(source).test(path.toLowerCase()))
    const isClosing = found && isAbout(found.pattern, part) && decideAccess(found.rule, null) !== 'allow'
    if (isClosing) throw new NuxtAuthError('AUTH_M009', { pattern: found.pattern, path })
  }
}

/** Pages with a rule that are rendered for everybody, as the route rules have it. */
export function findCachedPages(routeRules: RouteRules, guardedPaths: string[]): string[] {
  const cached = Object.entries(routeRules).filter(([, rules = {}]) => isSharedRoute(rules))
  return guardedPaths.filter(path => cached.some(([pattern]) => new RegExp(toSource(pattern.toLowerCase())).test(path.toLowerCase())))
}

// Nitro's patterns: `**` the rest, `*` and `:name` one segment, which may be empty. https://nitro.build/guide/routing
function toSource(pattern: string): string {
  const segments = pattern.split('/').filter(Boolean)
  const source = segments.map((segment) => {
    if (segment.startsWith('**')) return '(?:/.*)?'
    if (segment === '*' || segment.startsWith(':')) return '/[^/]*'
    return `/${segment.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`
  }).join('')
  return `^${source || '/'}$`
}

// Segments count before kinds, fixed ones before named ones, and the rest comes first of all.
function toSpecificity(pattern: string): number {
  return pattern.split('/').filter(Boolean).reduce((sum, segment) => sum + (segment.startsWith('**') ? 1 : segment === '*' || segment.startsWith(':') ? 100 : 101), 0)
}

/** The value of a key of nuxt.config as a rule. Throws AUTH_M005 for what is none. */
export function requireRule(key: string, rule: unknown): AuthRule {
  if (isAuthRule(rule)) return rule
  throw new NuxtAuthError('AUTH_M005', { key, value: JSON.stringify(rule), expected: 'true, false, \'guest\' or { match, redirectTo }' })
}
