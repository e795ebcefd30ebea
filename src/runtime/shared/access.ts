import type { AuthRule } from './types'

/** What a guard does next. */
export type Access = 'allow' | 'sign-in' | 'forbid' | 'home'

const strictness: Access[] = ['allow', 'home', 'sign-in', 'forbid']

/**
 * Who may enter, as one word. Pure; own properties only, compared exactly, never by coercion.
 * Whatever is not a rule closes the door.
 */
export function decideAccess(rule: AuthRule<never> | AuthRule, session: object | null | undefined): Access {
  if (rule === false) return 'allow'
  if (rule === 'guest') return session ? 'home' : 'allow'
  if (rule === true) return session ? 'allow' : 'sign-in'
  if (!isRuleObject(rule)) return 'forbid'
  if (!session) return 'sign-in'
  return rule.match === undefined || isMatching(rule.match, session) ? 'allow' : 'forbid'
}

/** The strictest of several rules: the one that lets fewest people in decides. */
export function decideStrictest(rules: AuthRule[], session: object | null | undefined): { access: Access, rule: AuthRule } {
  const decided = rules.map(rule => ({ access: decideAccess(rule, session), rule }))
  return decided.reduce((strict, next) => strictness.indexOf(next.access) > strictness.indexOf(strict.access) ? next : strict)
}

/** Whether a value, from a configuration file say, is a rule at all. */
export function isAuthRule(value: unknown): value is AuthRule {
  return typeof value === 'boolean' || value === 'guest' || isRuleObject(value)
}

/** What is wrong with a value that is not a rule, with every unknown key, for messages. */
export function describeRule(rule: unknown): string {
  const unknown = isObject(rule) ? Object.keys(rule).filter(key => key !== 'match' && key !== 'redirectTo') : []
  if (unknown.length > 0) return `has ${unknown.map(key => `\`${key}\``).join(', ')}, which no rule has`
  return `is ${JSON.stringify(rule)}, which is not a rule`
}

function isRuleObject(rule: unknown): rule is { match?: unknown, redirectTo?: string } {
  return isObject(rule) && Object.keys(rule).every(key => key === 'match' || (key === 'redirectTo' && isPath(rule[key])))
}

// A path of this app: what begins with two slashes, or a slash and a backslash, is another host to a browser.
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
