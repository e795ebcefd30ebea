import { getCookieHeader, parseCookies, setCookie } from '#nuxt-authjs/host'
import type { AuthConfig } from '@auth/core/types'
import { parse } from 'cookie-es'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { isUpgrade } from './upgrade'

/** What a browser keeps of one cookie is 4096 bytes; this leaves room for name and attributes, and is Auth.js's size. */
const chunkSize = 4096 - 160
/** Most bytes of a session cookie with all its parts: proxies take header lines of 8 kB, and the browser sends other cookies, too. */
const maxSize = 2 * chunkSize

export interface SessionCookie {
  name: string
  options: { httpOnly: boolean, sameSite: 'lax' | 'strict' | 'none', path: string, secure: boolean, domain?: string }
}

/** The value of a cookie that may be split into `name.0`, `name.1`, …: exact names only, in order, without a gap. */
export function joinChunks(cookies: Record<string, string>, name: string): string | undefined {
  const whole = cookies[name]
  if (whole) return whole
  let value = ''
  for (let index = 0; cookies[`${name}.${index}`] !== undefined; index++) value += cookies[`${name}.${index}`]
  return value || undefined
}

/** The value of the session cookie that this request brought. The other cookies of the site, which may be many, are passed over unread. */
export function getSessionCookie(event: AuthEvent, { name }: SessionCookie): string | undefined {
  return joinChunks(parse(getCookieHeader(event), { filter: other => other.startsWith(name) }), name)
}

/** The cookies that hold `value`, and an empty one for each left over from a longer or shorter value. */
export function toChunks(sent: Record<string, string>, name: string, value: string): { name: string, value: string }[] {
  const count = Math.ceil(value.length / chunkSize)
  const chunks = count <= 1
    ? value ? [{ name, value }] : []
    : Array.from({ length: count }, (_, index) => ({ name: `${name}.${index}`, value: value.slice(index * chunkSize, (index + 1) * chunkSize) }))
  const kept = new Set(chunks.map(chunk => chunk.name))
  const stale = Object.keys(sent).filter(other => isChunkOf(other, name) && !kept.has(other))
  return [...chunks, ...stale.map(other => ({ name: other, value: '' }))]
}

/** Refuses a session that would not come back: the visitor would sign in, and be signed out. Throws AUTH_R005. */
export function requireFit(value: string): string {
  if (value.length > maxSize) throw new NuxtAuthError('AUTH_R005', { size: value.length, max: maxSize })
  return value
}

type Cookies = NonNullable<AuthConfig['cookies']>

/**
 * Auth.js's other cookies under the names that no other host of the domain can set: a sibling that plants `state` signs visitors in as itself.
 * What the definition says of a cookie stays.
 */
export function toHostCookies(wish: Cookies = {}, isSecure: boolean): Cookies {
  const names = { callbackUrl: 'callback-url', pkceCodeVerifier: 'pkce.code_verifier', state: 'state', nonce: 'nonce', webauthnChallenge: 'challenge' }
  const entries = Object.entries(names).filter(([key]) => isSecure && !wish[key as keyof Cookies])
  return { ...Object.fromEntries(entries.map(([key, name]) => [key, { name: `__Host-authjs.${name}` }])), ...wish }
}

/** A `Cookie` header with those alone of its cookies that `isKept` says. */
export function keepCookies(header: string, isKept: (name: string, value: string) => boolean): string {
  return header.split(';').filter((pair) => {
    const equals = pair.indexOf('=')
    const end = equals < 0 ? pair.length : equals
    return isKept(pair.slice(0, end).trim(), pair.slice(end + 1).trim())
  }).join(';')
}

/** True for a cookie that only begins like the session's: Auth.js would take it for a part of it. */
export function isLookalike(other: string, name: string): boolean {
  return other.startsWith(name) && !isChunkOf(other, name)
}

/** True for a cookie that holds all or a part of the value of `name`. */
export function isChunkOf(other: string, name: string): boolean {
  return other === name || (other.startsWith(`${name}.`) && /^\d+$/.test(other.slice(name.length + 1)))
}

/** Names that an answer has set so far: a longer value may have gone out before a shorter one, or none. */
const written = new WeakMap<AuthEvent, Record<string, string>>()

/** Sends the session cookie, whole or in chunks; an empty value takes it away. */
export function setSessionCookie(event: AuthEvent, { name, options }: SessionCookie, value: string, expires: Date): void {
  const known = { ...parseCookies(event), ...written.get(event) }
  for (const chunk of toChunks(known, name, value)) {
    written.set(event, { ...written.get(event), [chunk.name]: chunk.value })
    setCookie(event, chunk.name, chunk.value, Object.assign({}, options, chunk.value ? { expires } : { maxAge: 0 }))
  }
}

/** True where a cookie can still reach the browser: not over an open WebSocket, and not after the headers. */
export function canAnswer(event: AuthEvent): boolean {
  const { node } = event as { node?: { res?: { headersSent?: boolean } } }
  return !isUpgrade(event) && node?.res?.headersSent !== true
}
