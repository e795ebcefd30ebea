import type { AuthRule } from './types'

/** What a guard does: let the user in, or redirect to the sign-in page, refuse, or redirect home. */
export type Access = 'allow' | 'sign-in' | 'forbid' | 'home'

/** The decision about one page or request, and the rule that made it. */
export interface Decision { access: Access, rule: AuthRule }

/** From the mildest to the strictest. */
const strictness: Access[] = ['allow', 'home', 'sign-in', 'forbid']

/** Status message of a 401 that makes the build leave a guarded page out of prerendering, without an error. */
export const leftOut = 'Left out of prerendering'

/**
 * Decides whether a session may enter by a rule. Pure. Compares own properties exactly, without coercion.
 * An invalid rule lets no one in.
 */
export function decideAccess(rule: AuthRule<never> | AuthRule, session: object | null | undefined): Access {
  if (rule === false) return 'allow'
  if (rule === 'guest') return session ? 'home' : 'allow'
  if (rule === true) return session ? 'allow' : 'sign-in'
  if (!isRuleObject(rule)) return 'forbid'
  if (!session) return 'sign-in'
  if (rule.match === undefined || isMatching(rule.match, session)) return 'allow'
  return 'forbid'
}

/** Decides by the strictest of several rules, in any order. Throws a TypeError for an empty list. */
export function decideStrictest(rules: AuthRule[], session: object | null | undefined): Decision {
  const decisions = rules.map(rule => ({ access: decideAccess(rule, session), rule }))
  const rank = ({ access }: Decision) => strictness.indexOf(access)
  return decisions.reduce((strictest, next) => rank(next) > rank(strictest) ? next : strictest)
}

/** True for a valid rule. Values from nuxt.config and `definePageMeta` may be anything. */
export function isAuthRule(value: unknown): value is AuthRule {
  return typeof value === 'boolean' || value === 'guest' || isRuleObject(value)
}

/** Says what is wrong with an invalid rule, naming every unknown key. For error messages. */
export function describeRule(rule: unknown): string {
  const unknown = isObject(rule) ? Object.keys(rule).filter(key => key !== 'match' && key !== 'redirectTo') : []
  if (unknown.length > 0) return `has ${unknown.map(key => `\`${key}\``).join(', ')}, which no rule has`
  return `is ${JSON.stringify(rule)}, which is not a rule`
}

function isRuleObject(rule: unknown): rule is { match?: unknown, redirectTo?: string } {
  if (!isObject(rule)) return false
  return Object.keys(rule).every(key => key === 'match' || (key === 'redirectTo' && isPath(rule[key])))
}

// A path of this app. Browsers take `//x` and `/\\x` for another host.
function isPath(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value))
}

function isMatching(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) return expected.some(value => isMatching(value, actual))
  if (!isObject(expected)) return expected !== undefined && expected === actual
  if (!isObject(actual)) return false
  const keys = Object.keys(expected)
  return keys.length > 0 && keys.every(key => Object.hasOwn(actual, key) && isMatching(expected[key], actual[key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
