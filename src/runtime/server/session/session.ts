import { getCookieHeader, setResponseHeader } from '#nuxt-authjs/host'
import type { AuthEvent, Awaitable, Session, Token } from '../../shared/types'
import { NuxtAuthError } from '../../shared/errors'
import { after, recover } from '../http/after'
import { canAnswer, getSessionCookie, joinChunks } from '../http/cookies'
import { getConfig } from '../config/load'
import type { RequestConfig } from '../config/load'
import { lazy } from '../http/lazy'
import { logError } from '../log'
import { createMemo } from '../http/memo'
import { endSession, signedOut } from './reading'
import type { Reading } from './reading'
import { getRequestParts, isSharedRender } from '../http/request'
import { readTokenSession, updateTokenSession } from './token-session'
import { toEvent } from '../http/upgrade'
import type { SessionSource } from '../http/upgrade'
import { toVisitorEvent } from '../http/visitor'

// Chunks of their own, here and below this: a start loads only what most apps use.
const loadDatabase = lazy(() => import('./database-session'))
const readings = createMemo<Awaitable<Reading>>()

/**
 * The current session, or null. Decodes the cookie at most once per event; an open WebSocket's peer is asked anew each time.
 * Throws AUTH_R001 (503) when a callback fails.
 */
export async function getServerSession(source: SessionSource): Promise<Session | null> {
  return await readSession(toEvent(source))
}

/**
 * The decrypted token, or null: the fields of `extend.token` and the standard claims, fresh where `extend.refresh` keeps it so. Server only.
 * Throws AUTH_R001 (503), AUTH_R011 (503) while it has expired and can't be refreshed, and AUTH_R030 for a session in the database, which has none.
 */
export async function getToken(source: SessionSource): Promise<Token | null> {
  const event = toEvent(source)
  const { session, token, failure } = await getReading(event)
  if (session && !token) throw new NuxtAuthError('AUTH_R030')
  if (!failure) return token as Token | null
  setResponseHeader(event, 'retry-after', '5')
  throw failure
}

/**
 * Offers `input` to `extend.update` and returns the new session, or null when nobody is signed in.
 * What it accepts is in the cookie then, or in the user's row. Throws AUTH_R001 (503); `createError` with a 4xx thrown in `extend.update` passes through.
 */
export async function updateServerSession(inner: AuthEvent, input: unknown): Promise<Session | null> {
  const event = toVisitorEvent(inner)
  const { session, token, failure } = await getReading(event)
  if (!session) return null
  const updated = update(event, token, input, failure !== undefined)
  readings.set(event, updated)
  updated.catch(() => readings.set(event, undefined))
  return (await updated).session as Session | null
}

async function update(event: AuthEvent, token: Reading['token'], input: unknown, hasFailed: boolean): Promise<Reading> {
  const config = await getConfig(event)
  if (token) return await updateTokenSession(event, config, token, input, hasFailed)
  return await (await loadDatabase()).updateDatabaseSession(event, config, getSessionCookie(event, config.cookies.sessionToken), input)
}

/** Who is signed in, by either kind of session. Throws AUTH_R001 (503). */
export async function getVisitor(event: AuthEvent): Promise<Reading['visitor']> {
  return (await getReading(event)).visitor
}

/** The session that an answer of Auth.js brings with `cookies`; from here on it is this event's. Throws AUTH_R001 (503). */
export async function adoptSession(event: AuthEvent, cookies: Record<string, string>): Promise<Session | null> {
  // Read as the next request will: its own event, because this answer has its cookies already.
  const next = toEvent({ headers: getRequestParts(event).headers, url: '/' })
  const adopted = after(getConfig(event), config => readFrom(next, config, joinChunks(cookies, config.cookies.sessionToken.name)))
  readings.set(toVisitorEvent(event), adopted)
  return (await adopted).session as Session | null
}

/** Takes the session cookie away, and nobody is signed in for the rest of this event. */
export async function endReading(event: AuthEvent, config: RequestConfig): Promise<void> {
  // A read that is under way may renew the cookie. The last word is said here.
  const visited = toVisitorEvent(event)
  await Promise.resolve(readings.get(visited)).catch(() => {})
  readings.set(visited, endSession(event, config))
}

/** What a page render may know: the session, null, or undefined where the answer is shared and the browser has to ask. */
export function readSessionForRender(event: AuthEvent): Awaitable<Session | null | undefined> {
  if (isSharedRender(event)) return undefined
  return recover(() => readSession(event), (error) => {
    // The page goes on without a session, so this is the only place that tells.
    logError(String(error), (error as Error).cause)
    throw error
  })
}

/** True once this event has read a session that is somebody's: its answer is private. */
export function isPersonal(event: AuthEvent): Awaitable<boolean> {
  return after(recover(() => readings.get(event), () => undefined), reading => Boolean(reading?.session))
}

/** `getServerSession` for where nothing has to be waited for that is there. */
export function readSession(event: AuthEvent): Awaitable<Session | null> {
  // What the callbacks returned is what `Session` was inferred from.
  return after(getReading(event), ({ session }) => session as Session | null)
}

function getReading(inner: AuthEvent): Awaitable<Reading> {
  const event = toVisitorEvent(inner)
  const known = readings.get(event)
  if (known) return known
  const reading = read(event)
  readings.set(event, reading)
  return reading
}

function read(event: AuthEvent): Awaitable<Reading> {
  return recover(() => {
    if (getCookieHeader(event) === '' || isSharedRender(event)) return signedOut
    return after(getConfig(event), config => readFrom(event, config, getSessionCookie(event, config.cookies.sessionToken)))
  }, async (error) => {
    // An answer that has begun has sent its headers already.
    if (canAnswer(event)) setResponseHeader(event, 'retry-after', '5')
    throw error
  })
}

function readFrom(event: AuthEvent, config: RequestConfig, value: string | undefined): Awaitable<Reading> {
  if (!value) return signedOut
  return config.session.strategy === 'database' ? loadDatabase().then(({ readDatabaseSession }) => readDatabaseSession(event, config, value)) : readTokenSession(event, config, value)
}
