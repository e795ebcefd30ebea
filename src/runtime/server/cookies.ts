import { parseCookies, setCookie } from '#nuxt-authjs/host'
import type { AuthEvent } from '../shared/types'
import { isUpgrade } from './upgrade'

/** What a browser keeps of one cookie is 4096 bytes; this leaves room for name and attributes, and is Auth.js's size. */
const chunkSize = 4096 - 160

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
    setCookie(event, chunk.name, chunk.value, chunk.value ? { ...options, expires } : { ...options, maxAge: 0 })
  }
}

/** True where a cookie can still reach the browser: not over an open WebSocket, and not after the headers. */
export function canAnswer(event: AuthEvent): boolean {
  const { node } = event as { node?: { res?: { headersSent?: boolean } } }
  return !isUpgrade(event) && node?.res?.headersSent !== true
}
