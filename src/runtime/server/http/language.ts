import { parseCookies } from '#nuxt-authjs/host'
import { routes } from '#nuxt-authjs/languages'
import { isBelow, withBase } from '../../shared/callback-url'
import { toLanguageOf } from '../../shared/languages'
import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import type { Answer } from './answer'
import { getRequestParts } from './request'

/** A redirect to one of the app's own pages, such as its sign-in page, in the user's language. Any other answer as it is. */
export function toUserLanguage(event: AuthEvent, config: RequestConfig, answer: Answer): Answer {
  const { location } = answer.headers
  if (routes.length === 0 || location === undefined || !URL.canParse(location, config.origin)) return answer
  const target = new URL(location, config.origin)
  const own = Object.values(config.pages ?? {})
  if (target.origin !== config.origin || !own.some(page => page && new URL(page, config.origin).pathname === target.pathname)) return answer
  const base = config.home.replace(/\/$/, '')
  const toOwn = (path: string) => base !== '' && isBelow(path, base) ? path.slice(base.length) || '/' : path
  const path = toLanguageOf(toOwn(getSource(event, config, target)), toOwn(target.pathname), routes)
  return { ...answer, headers: { ...answer.headers, location: `${target.origin}${withBase(path, base)}${target.search}` } }
}

/** The page of the app that the user comes from: the one with the form, or the one that they want to go to. */
function getSource(event: AuthEvent, { origin, basePath, cookies }: RequestConfig, target: URL): string {
  const referer = getRequestParts(event).headers.get('referer') ?? ''
  const cookie = parseCookies(event)[cookies.callbackUrl.name]
  for (const candidate of [referer.startsWith(`${origin}/`) ? referer : undefined, target.searchParams.get('callbackUrl'), cookie]) {
    if (!candidate || !URL.canParse(candidate, origin)) continue
    const { pathname } = new URL(candidate, origin)
    if (!isBelow(pathname, basePath)) return pathname
  }
  return '/'
}
