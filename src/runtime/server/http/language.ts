import { parseCookies } from '#nuxt-authjs/host'
import { routes } from '#nuxt-authjs/languages'
import { isBelow, withBase } from '../../shared/callback-url'
import { toLanguageOf } from '../../shared/languages'
import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import type { Answer } from './answer'
import { getRequestParts } from './request'

/**
 * The answer, with a redirect to one of the configured `pages`, such as the sign-in page, changed to the user's
 * language.
 */
export function toUserLanguage(event: AuthEvent, config: RequestConfig, answer: Answer): Answer {
  const { location } = answer.headers
  if (routes.length === 0 || location === undefined || !URL.canParse(location, config.origin)) return answer
  const target = new URL(location, config.origin)
  if (!isConfiguredPage(target, config)) return answer
  const base = config.home.replace(/\/$/, '')
  const source = withoutBase(getSource(event, config, target), base)
  const path = withBase(toLanguageOf(source, withoutBase(target.pathname, base), routes), base)
  return { ...answer, headers: { ...answer.headers, location: target.origin + path + target.search } }
}

function isConfiguredPage({ origin, pathname }: URL, config: RequestConfig): boolean {
  const pages = Object.values(config.pages ?? {})
  return origin === config.origin && pages.some(page => page && new URL(page, origin).pathname === pathname)
}

function withoutBase(path: string, base: string): string {
  return base !== '' && isBelow(path, base) ? path.slice(base.length) || '/' : path
}

/**
 * A path of the app in the user's language: of the page with the form, or of the page that they go to after signing
 * in.
 */
function getSource(event: AuthEvent, config: RequestConfig, target: URL): string {
  const { origin, basePath, cookies } = config
  const referer = getRequestParts(event).headers.get('referer')
  const callbackUrls = [target.searchParams.get('callbackUrl'), parseCookies(event)[cookies.callbackUrl.name]]
  for (const candidate of [referer?.startsWith(`${origin}/`) ? referer : undefined, ...callbackUrls]) {
    if (!candidate || !URL.canParse(candidate, origin)) continue
    const { pathname } = new URL(candidate, origin)
    if (!isBelow(pathname, basePath)) return pathname
  }
  return '/'
}
