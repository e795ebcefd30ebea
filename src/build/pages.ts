import { describeRule, isAuthRule } from '../runtime/shared/access'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { NamedRoute } from '../runtime/shared/languages'
import type { AuthRule } from '../runtime/shared/types'

/** A page as Nuxt passes it to the hook `pages:resolved`. */
export interface Page { name?: string, path: string, file?: string, meta?: Record<string, unknown>, children?: Page[] }

/** All pages, nested ones included, with their full paths. Pure. */
export function toFlatPages(pages: Page[], parent = ''): Page[] {
  return pages.flatMap((page) => {
    const path = toFullPath(page.path, parent)
    return [{ ...page, path }, ...toFlatPages(page.children ?? [], path)]
  })
}

function toFullPath(path: string, parent: string): string {
  return path.startsWith('/') ? path : `${parent}/${path}`.replace(/(?<=.)\/$/, '')
}

/** The pages translated by \@nuxtjs/i18n, with their full paths; empty in an app with one language. Pure. */
export function listTranslatedPages(pages: Page[]): NamedRoute[] {
  return toFlatPages(pages).filter(({ name }) => name?.includes('___')).map(({ name, path }) => ({ name, path }))
}

/**
 * Every path of the app's own sign-in page: as configured, as the router has it, and its translations by \@nuxtjs/i18n,
 * which names them `login___de`. Pure.
 */
export function findSignInPaths(signIn: string, pages: Page[]): string[] {
  if (!signIn) return []
  const all = toFlatPages(pages)
  const own = all.filter(({ path }) => path.toLowerCase() === signIn.toLowerCase())
  const names = [...own.map(({ name }) => name?.split('___')[0]), signIn.slice(1).replaceAll('/', '-')]
  const translated = all.filter(({ name = '' }) => name.includes('___') && names.includes(name.split('___')[0]))
  return [...new Set([signIn, ...[...own, ...translated].map(({ path }) => path)])]
}

/**
 * The full paths of pages that are guarded by their own rule, by a parent's or by the default `protect`.
 * Only rules that are literals are found; others are decided when the app runs. Pure.
 */
export function findGuardedPages(
  pages: Page[], protect: AuthRule, parent = { path: '', isGuarded: false },
): string[] {
  return pages.flatMap(({ path, meta, children = [] }) => {
    const rule = meta?.auth
    const full = toFullPath(path, parent.path)
    const isGuarded = parent.isGuarded || (rule ?? protect) !== false
    // The default applies only to routes whose records all have no rule; a parent's own rule replaces it.
    const inherited = rule === undefined ? protect : false
    const below = { path: full, isGuarded: parent.isGuarded || (rule ?? false) !== false }
    const guardedChildren = findGuardedPages(children, inherited, below)
    return isGuarded ? [full, ...guardedChildren] : guardedChildren
  })
}

/** Refuses pages below the base path (AUTH_M010) and invalid page rules (AUTH_M011). Pure. */
export function requirePages(pages: Page[], basePath: string): void {
  for (const { path, file, name = path, meta } of toFlatPages(pages)) {
    const isBelow = path === basePath || path.startsWith(`${basePath}/`)
    if (isBelow) throw new NuxtAuthError('AUTH_M010', { name: file ?? name, path, basePath })
    const rule = meta?.auth
    const isInvalid = rule !== undefined && !isAuthRule(rule)
    if (isInvalid) throw new NuxtAuthError('AUTH_M011', { file: file ?? name, problem: describeRule(rule) })
  }
}
