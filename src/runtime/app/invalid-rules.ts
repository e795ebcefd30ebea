import { isAuthRule } from '../shared/access'
import { NuxtAuthError } from '../shared/errors'

interface Page { path: string, meta: Record<PropertyKey, unknown> }

/** What is wrong with the rule of a page, as AUTH_A003; undefined if it is a rule, or there is none. */
export function findRuleError({ path, meta }: Page): NuxtAuthError | undefined {
  const rule = meta.auth
  if (rule === undefined || isAuthRule(rule)) return undefined
  const key = typeof rule === 'object' && rule ? Object.keys(rule).find(key => !isAuthRule({ [key]: (rule as Record<string, unknown>)[key] })) : undefined
  const value = key === undefined ? rule : (rule as Record<string, unknown>)[key]
  return new NuxtAuthError('AUTH_A003', { page: path, key: key === undefined ? 'auth' : `auth.${key}`, value: JSON.stringify(value) ?? String(value) })
}

const warned = new Set<string>()

/** Says once for each page, in development, why nobody may enter it. */
export function warnOfInvalidRules(pages: Page[]): void {
  for (const page of pages) {
    const error = findRuleError(page)
    if (!error || warned.has(page.path)) continue
    warned.add(page.path)
    // eslint-disable-next-line no-console -- in development alone, where the app has no other log
    console.error(error.message)
  }
}
