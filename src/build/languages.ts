import type { NamedRoute } from '../runtime/shared/languages'

interface Page { name?: string, path: string, children?: Page[] }

/** The pages that @nuxtjs/i18n has translated, with their whole paths. None in an app of one language. Pure. */
export function listTranslatedPages(pages: Page[], parent = ''): NamedRoute[] {
  return pages.flatMap(({ name, path, children = [] }) => {
    const full = path.startsWith('/') ? path : `${parent}/${path}`.replace(/(?<=.)\/$/, '')
    const own = name?.includes('___') ? [{ name, path: full }] : []
    return [...own, ...listTranslatedPages(children, full)]
  })
}

/** What the server knows of languages: its redirects lead to pages that only the app's router has. */
export function renderLanguages(routes: NamedRoute[]): string {
  return `export const routes = ${JSON.stringify(routes)}\n`
}
