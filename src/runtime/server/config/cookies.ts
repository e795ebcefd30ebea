import type { AuthConfig } from '@auth/core/types'
import { defu } from 'defu'
import type { SessionCookie } from '../http/cookies'

/** The name and the attributes of a cookie. `maxAge` is in seconds; without it, the cookie ends with the browser. */
export interface Cookie {
  name: string
  options: SessionCookie['options'] & { maxAge?: number }
}

/** Auth.js's cookies, and this module's own: `flow` of a sign-in under way, `userName` of a refused one. */
export type Cookies = Record<keyof typeof names, Cookie>

/** Names without their prefix. */
const names = {
  sessionToken: 'authjs.session-token',
  callbackUrl: 'authjs.callback-url',
  csrfToken: 'authjs.csrf-token',
  pkceCodeVerifier: 'authjs.pkce.code_verifier',
  state: 'authjs.state',
  nonce: 'authjs.nonce',
  webauthnChallenge: 'authjs.challenge',
  flow: 'authjs.flow',
  userName: 'nuxt-authjs.name',
} as const

/** Lifetimes in seconds. The first three are Auth.js's. */
const maxAges: Partial<Record<keyof Cookies, number>> = {
  pkceCodeVerifier: 15 * 60,
  state: 15 * 60,
  webauthnChallenge: 15 * 60,
  flow: 15 * 60,
  userName: 60,
}

/**
 * Every cookie with its full name and all its attributes; nothing adds a prefix later. Over https a name starts with
 * `__Host-`, so that no other host of the domain can set it: a sibling host that plants `state` signs users in as
 * itself.
 * A cookie that the definition configures without a name keeps Auth.js's own name.
 */
export function resolveCookies(own: AuthConfig['cookies'] = {}, isSecure: boolean): Cookies {
  const configured: Partial<Record<keyof Cookies, { name?: string, options?: object }>> = own
  const resolve = (key: keyof Cookies): Cookie => {
    const options = toOptions(configured[key]?.options, maxAges[key], isSecure)
    const prefix = key === 'sessionToken' ? toSessionPrefix(options) : toPrefix(key, configured, isSecure)
    return { name: configured[key]?.name ?? `${prefix}${names[key]}`, options }
  }
  return {
    sessionToken: resolve('sessionToken'),
    callbackUrl: resolve('callbackUrl'),
    csrfToken: resolve('csrfToken'),
    pkceCodeVerifier: resolve('pkceCodeVerifier'),
    state: resolve('state'),
    nonce: resolve('nonce'),
    webauthnChallenge: resolve('webauthnChallenge'),
    flow: resolve('flow'),
    userName: resolve('userName'),
  }
}

function toOptions(own: object | undefined, maxAge: number | undefined, secure: boolean): Cookie['options'] {
  const defaults = { httpOnly: true, sameSite: 'lax' as const, path: '/', secure }
  return defu(own, maxAge === undefined ? defaults : { ...defaults, maxAge })
}

/** Browsers refuse a `__Host-` cookie that has a `Domain`, or a `Path` other than `/`. RFC 6265bis §4.1.3.2 */
function toSessionPrefix(options: Cookie['options']): string {
  if (!options.secure) return ''
  return 'domain' in options || options.path !== '/' ? '__Secure-' : '__Host-'
}

function toPrefix(key: keyof Cookies, configured: object, isSecure: boolean): string {
  if (!isSecure) return ''
  // Auth.js's own name of the CSRF cookie starts with `__Host-`.
  return key in configured && key !== 'csrfToken' ? '__Secure-' : '__Host-'
}
