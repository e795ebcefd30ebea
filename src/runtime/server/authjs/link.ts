import { parseCookies, setCookie } from '#nuxt-authjs/host'
import type { AuthEvent } from '../../shared/types'
import type { Action } from '../http/actions'
import { isChunkOf, keepCookies } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import type { SentHeaders } from '../http/headers'

/** Seconds that a visitor has at the provider's pages, as for the cookies of Auth.js's own checks. */
const maxAge = 15 * 60

/**
 * Auth.js links a provider's account to whoever is signed in when the visitor comes back. Here only to one who asked for it when
 * he left: otherwise a session that somebody slipped him would get his account. Returns the request's headers for Auth.js.
 */
export function toLinkHeaders(event: AuthEvent, config: RequestConfig, { name: action, provider = '' }: Action, headers: SentHeaders, fields?: Record<string, unknown>): SentHeaders {
  const secure = config.useSecureCookies === true
  const name = `${secure ? '__Host-' : ''}authjs.link`
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure }
  const asked = parseCookies(event)[name]
  const isAsking = fields?.link === true || fields?.link === 'true'
  if (action === 'signin' && fields) {
    if (isAsking) setCookie(event, name, provider, { ...options, maxAge })
    else if (asked !== undefined) setCookie(event, name, '', { ...options, maxAge: 0 })
  }
  if (action !== 'callback') return headers
  if (asked !== undefined) setCookie(event, name, '', { ...options, maxAge: 0 })
  return asked === provider ? headers : withoutSession(headers, config.cookies.sessionToken.name)
}

function withoutSession(headers: SentHeaders, session: string): SentHeaders {
  const result = new Headers([...headers])
  result.set('cookie', keepCookies(headers.get('cookie') ?? '', name => !isChunkOf(name, session)))
  return result
}
