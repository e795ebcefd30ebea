import { getCookieHeader, keepPrivate, setCookie } from '#nuxt-authjs/host'
import { parse } from 'cookie-es'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { AnswerCookie } from './answer'
import type { AnyH3Event } from './request'
import { isUpgrade } from './upgrade'

/**
 * Largest value of one cookie, in bytes, as in Auth.js: of the 4096 that browsers store, name and attributes take
 * some.
 */
const chunkSize = 4096 - 160
/**
 * Largest session cookie with all its parts, in bytes. Proxies accept header lines of 8 kB, for all cookies together.
 */
const maxSize = 2 * chunkSize

/** Name and attributes of the session cookie. */
export interface SessionCookie {
  name: string
  options: { httpOnly: boolean, sameSite: 'lax' | 'strict' | 'none', path: string, secure: boolean, domain?: string }
}

/**
 * The value of a cookie that may be split into `name.0`, `name.1`, …: the whole cookie if there is one, otherwise its
 * parts in order. A part that is not full is the last one, so parts left over from a longer value are never joined to
 * a shorter one.
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
 * The value of the session cookie in a `Cookie` header. Every read of it goes through this function. Other cookies
 * are not decoded.
 */
export function readSessionCookie(header: string, name: string): string | undefined {
  return joinChunks(parse(header, { filter: other => isChunkOf(other, name) }), name)
}

/** The value of the session cookie that this request was sent with. */
export function getSessionCookie(event: AuthEvent, { name }: SessionCookie): string | undefined {
  return readSessionCookie(getCookieHeader(event), name)
}

/**
 * The cookies that hold `value`, and an empty one for each name in `known` that is left over from a longer or shorter
 * value. Only names that this module sets are deleted, so a request with many similar names can't cause a large
 * response.
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

/** All names of the session cookie and its parts. */
function toOwnNames(name: string): string[] {
  return [name, ...Array.from({ length: maxSize / chunkSize }, (_, index) => `${name}.${index}`)]
}

/**
 * Returns `value`. Throws AUTH_R005 if it is too large for a browser to send back: its user would be signed out at
 * once.
 */
export function requireFit(value: string, token: object = {}): string {
  if (value.length <= maxSize) return value
  throw new NuxtAuthError('AUTH_R005', { size: value.length, max: maxSize, largest: listLargest(token) })
}

/** The names of the five largest claims, with their size as JSON in bytes. Values must not get into the log. */
function listLargest(token: object): string {
  const encoder = new TextEncoder()
  const toSize = (value: unknown) => encoder.encode(JSON.stringify(value) ?? '').length
  const claims = Object.entries(token).map(([name, value]) => ({ name, size: toSize(value) }))
  const largest = claims.sort((left, right) => right.size - left.size).slice(0, 5)
  return largest.map(({ name, size }) => `${name} ${size}`).join(', ')
}

/** A `Cookie` header with only the cookies for which `isKept` returns true. */
export function keepCookies(header: string, isKept: (name: string, value: string) => boolean): string {
  return header.split(';').filter((pair) => {
    const equals = pair.indexOf('=')
    const end = equals < 0 ? pair.length : equals
    return isKept(pair.slice(0, end).trim(), pair.slice(end + 1).trim())
  }).join(';')
}

/** True for the cookie `name` or a part of it. */
export function isChunkOf(other: string, name: string): boolean {
  return other === name || (other.startsWith(`${name}.`) && /^\d+$/.test(other.slice(name.length + 1)))
}

/** Names of the session cookie that a response has set so far: it may set a longer value before a shorter one. */
const setNames = new WeakMap<AuthEvent, Set<string>>()

/** Sets the session cookie, whole or in parts, and makes the response private. An empty value deletes the cookie. */
export function setSessionCookie(event: AuthEvent, cookie: SessionCookie, value: string, expires: Date): void {
  const { name, options } = cookie
  const chunks = toChunks(findKnownNames(event, name), name, value)
  if (chunks.length === 0) return
  setNames.set(event, new Set([...setNames.get(event) ?? [], ...chunks.map(chunk => chunk.name)]))
  for (const chunk of chunks) {
    setCookie(event, chunk.name, chunk.value, { ...options, ...(chunk.value ? { expires } : { maxAge: 0 }) })
  }
  if (!isUpgrade(event)) keepPrivate(event)
}

/**
 * Auth.js's cookies, with the session cookie split as in `toChunks`. Auth.js gets the joined value, so it doesn't
 * know which parts the browser has.
 */
export function toOwnChunks(event: AuthEvent, { name }: SessionCookie, cookies: AnswerCookie[] = []): AnswerCookie[] {
  const session = cookies.filter(cookie => isChunkOf(cookie.name, name))
  if (session.length === 0) return cookies
  const value = joinChunks(Object.fromEntries(session.map(cookie => [cookie.name, cookie.value])), name) ?? ''
  const options = session.find(cookie => cookie.value)?.options ?? session[0]?.options
  const own = toChunks(findKnownNames(event, name), name, value)
    .map(chunk => ({ ...chunk, options: { ...options, ...(!chunk.value && { expires: undefined, maxAge: 0 }) } }))
  return [...cookies.filter(cookie => !isChunkOf(cookie.name, name)), ...own]
}

/** The names of the session cookie that the browser sent, or that the response sets. */
function findKnownNames(event: AuthEvent, name: string): Set<string> {
  const own = toOwnNames(name)
  const sent = Object.keys(parse(getCookieHeader(event), { filter: other => own.includes(other) }))
  return new Set([...sent, ...setNames.get(event) ?? []])
}

/** True if the response can still set a cookie: not for a WebSocket, and not after the headers were sent. */
export function canAnswer(event: AuthEvent): boolean {
  const { node }: AnyH3Event = event
  return !isUpgrade(event) && node?.res?.headersSent !== true
}
