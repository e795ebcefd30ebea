import { describeRule, isAuthRule } from '../runtime/shared/access'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { AuthRule } from '../runtime/shared/types'

/** A page as Nuxt's `pages:resolved` has it. */
export interface Page { name?: string, path: string, file?: string, meta?: Record<string, unknown>, children?: Page[] }

/** Every page with its full path. */
export function toFlatPages(pages: Page[], parent = ''): Page[] {
  return pages.flatMap((page) => {
    const path = page.path.startsWith('/') ? page.path : `${parent}/${page.path}`.replace(/(?<=.)\/$/, '')
    return [{ ...page, path }, ...toFlatPages(page.children ?? [], path)]
  })
}

/**
 * Every spelling of the app's own sign-in page: as it is configured, as the router has it, and in each language of
 * \@nuxtjs/i18n, which calls the pages `login___de`. Pure.
 */
export function findSignInPaths(signIn: string, pages: Page[]): string[] {
  if (!signIn) return []
  const all = toFlatPages(pages)
  const own = all.filter(({ path }) => path.toLowerCase() === signIn.toLowerCase())
  const names = [...own.map(({ name }) => name?.split('___')[0]), signIn.slice(1).replaceAll('/', '-')]
  const translated = all.filter(({ name = '' }) => name.includes('___') && names.includes(name.split('___')[0]))
  return [...new Set([signIn, ...[...own, ...translated].map(({ path }) => path)])]
}

/** The paths of pages with a rule of their own, of a parent's or by default. What a page decides at run time is not seen here. */
export function findGuardedPages(pages: Page[], protect: AuthRule, parent = { path: '', isGuarded: false }): string[] {
  return pages.flatMap(({ path, meta, children = [] }) => {
    const own = meta?.auth as AuthRule | undefined
    const full = path.startsWith('/') ? path : `${parent.path}/${path}`.replace(/(?<=.)\/$/, '')
    const isGuarded = parent.isGuarded || (own ?? protect) !== false
    const below = findGuardedPages(children, children.length > 0 && own !== undefined ? false : protect, { path: full, isGuarded: parent.isGuarded || (own ?? false) !== false })
    return isGuarded ? [full, ...below] : below
  })
}

/** Refuses pages that could not be reached or entered. Pure. Throws AUTH_M010 and AUTH_M011. */
export function requirePages(pages: Page[], basePath: string): void {
  for (const { path, file, name = path, meta } of toFlatPages(pages)) {
    if (path === basePath || path.startsWith(`${basePath}/`)) throw new NuxtAuthError('AUTH_M010', { name: file ?? name, path, basePath })
    const rule = meta?.auth
    if (rule !== undefined && !isAuthRule(rule)) throw new NuxtAuthError('AUTH_M011', { file: file ?? name, problem: describeRule(rule) })
  }
}
