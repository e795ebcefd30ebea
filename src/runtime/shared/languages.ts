/** A route as @nuxtjs/i18n names it: `login___de`, for the default language also `login___en___default`. */
export interface NamedRoute { name?: unknown, path: string }

interface Page { base: string, language: string, path: string, isPrefixed: boolean }

/**
 * The page `path` in the language of `from`, a path of the same app: `/login` from `/de/account` is `/de/anmelden`.
 * Pure. Without @nuxtjs/i18n, and for a path that is not a translated page, the result is `path`.
 */
export function toLanguageOf(from: string, path: string, routes: readonly NamedRoute[]): string {
  const pages = routes.flatMap(toPage)
  const { pathname, rest } = split(path)
  const base = findBase(pathname, pages)
  if (base === undefined) return path
  const prefix = pages.find(page => isBelow(from, page.language))?.language
  // The paths of the default language have no prefix. If all languages have one, the first language is the default.
  const language = prefix ?? (pages.find(page => !page.isPrefixed) ?? pages[0])?.language
  const translations = pages.filter(page => page.base === base && page.language === language)
  const target = translations.find(page => page.isPrefixed === (prefix !== undefined)) ?? translations[0]
  return target ? target.path + rest : path
}

/** True for a path that begins with a language, such as `/de/account`. */
export function hasLanguage(path: string, routes: readonly NamedRoute[]): boolean {
  return routes.flatMap(toPage).some(({ language }) => isBelow(path, language))
}

function toPage({ name, path }: NamedRoute): Page[] {
  const [base, language] = String(name ?? '').split('___')
  // The parameters of a path can't be taken from another path.
  if (!base || !language || path.includes(':')) return []
  return [{ base, language, path, isPrefixed: isBelow(path, language) }]
}

/** Finds a page by one of its paths, by such a path without its prefix, or by Nuxt's name for the page's file. */
function findBase(pathname: string, pages: Page[]): string | undefined {
  const own = pathname === '/' ? '' : pathname
  const name = own.slice(1).replaceAll('/', '-') || 'index'
  const found = pages.find(({ path }) => path === pathname)
    ?? pages.find(({ language, path }) => path === `/${language}${own}`)
    ?? pages.find(({ base }) => base === name)
  return found?.base
}

function isBelow(path: string, language: string): boolean {
  return path === `/${language}` || path.startsWith(`/${language}/`) || path.startsWith(`/${language}?`)
}

function split(path: string): { pathname: string, rest: string } {
  const end = path.search(/[?#]/)
  return end < 0 ? { pathname: path, rest: '' } : { pathname: path.slice(0, end), rest: path.slice(end) }
}
