import type { NamedRoute } from '../runtime/shared/languages'
import { toFlatPages } from './pages'
import type { Page } from './pages'

/** The pages that @nuxtjs/i18n has translated, with their full paths. None in an app of one language. Pure. */
export function listTranslatedPages(pages: Page[]): NamedRoute[] {
  return toFlatPages(pages).filter(({ name }) => name?.includes('___')).map(({ name, path }) => ({ name, path }))
}

/** What the server knows of languages: its redirects lead to pages that only the app's router has. */
export function renderLanguages(routes: NamedRoute[]): string {
  return `export const routes = ${JSON.stringify(routes)}\n`
}
