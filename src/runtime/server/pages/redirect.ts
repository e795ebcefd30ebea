import type { RequestConfig } from '../config/load'
import type { Answer } from '../http/answer'

type PageName = 'signIn' | 'signOut' | 'error' | 'verifyRequest'

/** The names of the default pages in `pages`, by action. */
const pageNames: Record<string, PageName> = {
  'signin': 'signIn', 'signout': 'signOut', 'error': 'error', 'verify-request': 'verifyRequest',
}

/**
 * The app's own page for an action, from `pages` of the definition.
 * Undefined if there is none, or if it is a default page: a redirect there would not end.
 */
export function findAppPage(action: string, config: RequestConfig): string | undefined {
  const name = pageNames[action]
  const page = name && config.pages?.[name]
  return page && !isDefaultPage(page, config) ? page : undefined
}

function isDefaultPage(page: string, { basePath, origin }: RequestConfig): boolean {
  const { pathname } = new URL(page, origin)
  return Object.keys(pageNames).some(action => pathname === `${basePath}/${action}`)
}

/** A redirect to the app's own page with the request's query, in which a checked callback URL replaces the one sent. */
export function redirectToAppPage(page: string, query: URLSearchParams, callbackUrl: string | undefined): Answer {
  const passedOn = new URLSearchParams(query)
  if (callbackUrl !== undefined) passedOn.set('callbackUrl', callbackUrl)
  const separator = page.includes('?') ? '&' : '?'
  return { status: 302, headers: { location: passedOn.size === 0 ? page : `${page}${separator}${passedOn}` } }
}
