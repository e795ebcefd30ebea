import { getCookieHeader, keepPrivate, setCookie } from '#nuxt-authjs/host'
import { parse } from 'cookie-es'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { AnswerCookie } from './answer'
import { isUpgrade } from './upgrade'

/** What a browser keeps of one cookie is 4096 bytes; this leaves room for name and attributes, and is Auth.js's size. */
const chunkSize = 4096 - 160
/** Most bytes of a session cookie with all its parts: proxies take header lines of 8 kB, and the browser sends other cookies, too. */
const maxSize = 2 * chunkSize

export interface SessionCookie {
  name: string
  options: { httpOnly: boolean, sameSite: 'lax' | 'strict' | 'none', path: string, secure: boolean, domain?: string }
}

/**
 * The value of a cookie that may be split into `name.0`, `name.1`, …: the whole cookie if there is one, otherwise its parts in order.
 * A part that is not full is the last one, so a part left over from a longer value is never joined to a shorter one.
 */
export function joinChunks(cookies: Record<string, string>, name: string): string | undefined {
  const whole = cookies[name]
  if (whole) return whole
  let value = ''
  for (let index = 0; ; index++) {
    const part = cookies[`${name}.${index}`] ?? ''
    value += part
    if (part.length < chunkSize) return value || undefined
  }
}

/**
 * The one reader of the session cookie: for sessions, updates, refreshes, revocation, sign-outs, and for what Auth.js is handed.
 * Takes a `Cookie` header. All other cookies are skipped without decoding them.
 */
export function readSessionCookie(header: string, name: string): string | undefined {
  return joinChunks(parse(header, { filter: other => isChunkOf(other, name) }), name)
}

/** The value of the session cookie that this request brought. */
export function getSessionCookie(event: AuthEvent, { name }: SessionCookie): string | undefined {
  return readSessionCookie(getCookieHeader(event), name)
}

/**
 * The cookies that hold `value`, and an empty one for each of `known` that is left over from a longer or shorter value.
 * Only names that this module writes are deleted, however many others a request brings.
 */
export function toChunks(known: ReadonlySet<string>, name: string, value: string): { name: string, value: string }[] {
  const count = Math.ceil(value.length / chunkSize)
  const toPart = (_: unknown, index: number) => ({
    name: count === 1 ? name : `${name}.${index}`,
    value: value.slice(index * chunkSize, (index + 1) * chunkSize),
  })
  const chunks = Array.from({ length: count }, toPart)
  const kept = new Set(chunks.map(chunk => chunk.name))
  const stale = toOwnNames(name).filter(other => known.has(other) && !kept.has(other))
  return [...chunks, ...stale.map(other => ({ name: other, value: '' }))]
}

/** The names that this module gives to the session cookie and its parts. */
function toOwnNames(name: string): string[] {
  return [name, ...Array.from({ length: maxSize / chunkSize }, (_, index) => `${name}.${index}`)]
}

/** Refuses a session that would not come back: the visitor would sign in, and be signed out. Throws AUTH_R005. */
export function requireFit(value: string, token: object = {}): string {
  if (value.length > maxSize) throw new NuxtAuthError('AUTH_R005', { size: value.length, max: maxSize, largest: listLargest(token) })
  return value
}

/** The five largest claims with their size as JSON in bytes. Names only: values stay out of the log. */
function listLargest(token: object): string {
  const encoder = new TextEncoder()
  const sizes = Object.entries(token).map(([claim, value]) => [claim, encoder.encode(JSON.stringify(value) ?? '').length] as const)
  return sizes.sort(([, left], [, right]) => right - left).slice(0, 5).map(([claim, size]) => `${claim} ${size}`).join(', ')
}

/** A `Cookie` header with those alone of its cookies that `isKept` says. */
export function keepCookies(header: string, isKept: (name: string, value: string) => boolean): string {
  return header.split(';').filter((pair) => {
    const equals = pair.indexOf('=')
    const end = equals < 0 ? pair.length : equals
    return isKept(pair.slice(0, end).trim(), pair.slice(end + 1).trim())
  }).join(';')
}

/** True for a cookie that holds all or a part of the value of `name`. */
export function isChunkOf(other: string, name: string): boolean {
  return other === name || (other.startsWith(`${name}.`) && /^\d+$/.test(other.slice(name.length + 1)))
}

/** Names that an answer has set so far: a longer value may have been sent before a shorter one, or before a deletion. */
const written = new WeakMap<AuthEvent, Set<string>>()

/** Sets the session cookie, whole or in parts, and makes the answer private; an empty value deletes the cookie. */
export function setSessionCookie(event: AuthEvent, cookie: SessionCookie, value: string, expires: Date): void {
  const { name, options } = cookie
  const chunks = toChunks(findKnown(event, name), name, value)
  if (chunks.length === 0) return
  written.set(event, new Set([...written.get(event) ?? [], ...chunks.map(chunk => chunk.name)]))
  for (const chunk of chunks) setCookie(event, chunk.name, chunk.value, { ...options, ...(chunk.value ? { expires } : { maxAge: 0 }) })
  if (!isUpgrade(event)) keepPrivate(event)
}

/**
 * Auth.js's cookies, with the session's as this module would set them: Auth.js was handed one value, and does not know in which
 * parts the browser holds it.
 */
export function toOwnChunks(event: AuthEvent, { name }: SessionCookie, cookies: AnswerCookie[] = []): AnswerCookie[] {
  const session = cookies.filter(cookie => isChunkOf(cookie.name, name))
  if (session.length === 0) return cookies
  const value = joinChunks(Object.fromEntries(session.map(cookie => [cookie.name, cookie.value])), name) ?? ''
  const options = session.find(cookie => cookie.value)?.options ?? session[0]?.options
  const own = toChunks(findKnown(event, name), name, value)
    .map(chunk => ({ ...chunk, options: chunk.value ? { ...options } : { ...options, expires: undefined, maxAge: 0 } }))
  return [...cookies.filter(cookie => !isChunkOf(cookie.name, name)), ...own]
}

/** The names of the session cookie that the browser has, or will have once it gets what is set so far. */
function findKnown(event: AuthEvent, name: string): Set<string> {
  const own = toOwnNames(name)
  const sent = Object.keys(parse(getCookieHeader(event), { filter: other => own.includes(other) }))
  return new Set([...sent, ...written.get(event) ?? []])
}

/** True where a cookie can still reach the browser: not over an open WebSocket, and not after the headers. */
export function canAnswer(event: AuthEvent): boolean {
  const { node } = event as { node?: { res?: { headersSent?: boolean } } }
  return !isUpgrade(event) && node?.res?.headersSent !== true
}
