import { describeRule, isAuthRule } from '../shared/access'
import { NuxtAuthError } from '../shared/errors'

const warned = new Set<string>()

/**
 * Warns of an invalid rule with AUTH_M011, once per path. Development only.
 * The build checks literal rules. A rule that `definePageMeta` computes is first known when the page is opened.
 */
export function warnOfInvalidRules(path: string, rules: unknown[]): void {
  const invalid = rules.find(rule => !isAuthRule(rule))
  if (invalid === undefined || warned.has(path)) return
  warned.add(path)
  // eslint-disable-next-line no-console -- the browser's console, in development
  console.warn(new NuxtAuthError('AUTH_M011', { file: path, problem: describeRule(invalid) }).message)
}
