import { getCookieHeader, setResponseHeader } from '#nuxt-authjs/host'
import type { AuthEvent, Session, Token } from '../../shared/types'
import { NuxtAuthError } from '../../shared/errors'
import { canAnswer, getSessionCookie, joinChunks } from '../http/cookies'
import { getConfig, requireDeployment } from '../config/load'
import type { RequestConfig } from '../config/load'
import { lazy } from '../http/lazy'
import { logError } from '../log'
import { endSession, signedOut } from './reading'
import type { Reading } from './reading'
import { getRequestParts, isSharedRender } from '../http/request'
import { readTokenSession, updateTokenSession } from './token-session'
import { requireEvent, toEvent } from '../http/upgrade'
import type { SessionSource } from '../http/upgrade'
import { toVisitorEvent } from '../http/visitor'

// Lazy-loaded: most apps have no sessions in a database.
const loadDatabase = lazy(() => import('./database-session'))

/** One reading per event. Never on `event.context`, which a cached render shares with the request that caused it. */
const readings = new WeakMap<AuthEvent, Promise<Reading>>()

/**
 * The current session, or null. Decodes the cookie at most once per event; an open WebSocket's peer is asked anew each time.
 * Throws AUTH_R001 (503) when a callback fails.
 */
export async function getServerSession(source: SessionSource): Promise<Session | null> {
  const { session } = await getReading(requireEvent(source, 'getServerSession'))
  // `Session` was inferred from what the callbacks return.
  return session as Session | null
}

/**
 * The decrypted token, or null: the fields of `extend.token` and the standard claims, fresh where `extend.refresh` keeps it so. Server only.
 * Throws AUTH_R001 (503), AUTH_R011 (503) while it has expired and can't be refreshed, and AUTH_R030 for a session in the database, which has none.
 */
export async function getToken(source: SessionSource): Promise<Token | null> {
  const event = requireEvent(source, 'getToken')
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
  const event = toVisitorEvent(requireEvent(inner, 'updateServerSession'))
  const { session, token, failure } = await getReading(event)
  if (!session) return null
  const updated = update(event, token, input, failure !== undefined)
  readings.set(event, updated)
  updated.catch(() => readings.delete(event))
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
  const adopted = getConfig(event).then(config => readFrom(next, config, joinChunks(cookies, config.cookies.sessionToken.name)))
  readings.set(toVisitorEvent(event), adopted)
  return (await adopted).session as Session | null
}

/** Deletes the session cookie. For the rest of this event, the session reads as signed out. */
export async function endReading(event: AuthEvent, config: RequestConfig): Promise<void> {
  const visited = toVisitorEvent(event)
  // A read in progress may renew the cookie, so the deletion waits for it.
  await readings.get(visited)?.catch(() => {})
  readings.set(visited, Promise.resolve(endSession(event, config)))
}

/** The session for a page render; undefined if the response is shared by all users, and the browser has to ask. */
export async function readSessionForRender(event: AuthEvent): Promise<Session | null | undefined> {
  if (isSharedRender(event)) return undefined
  try {
    return await getServerSession(event)
  }
  catch (error) {
    // The page renders without a session, so nothing else reports this.
    logError(String(error), (error as Error).cause)
    throw error
  }
}

/** True if this event has read somebody's session, so its response is private. */
export async function isPersonal(event: AuthEvent): Promise<boolean> {
  const reading = await readings.get(event)?.catch(() => signedOut)
  return Boolean(reading?.session)
}

async function getReading(inner: AuthEvent): Promise<Reading> {
  const event = toVisitorEvent(inner)
  const reading = readings.get(event) ?? read(event)
  readings.set(event, reading)
  return await reading
}

async function read(event: AuthEvent): Promise<Reading> {
  if (isSharedRender(event)) return signedOut
  try {
    if (getCookieHeader(event) === '') {
      await requireDeployment(event)
      return signedOut
    }
    const config = await getConfig(event)
    return await readFrom(event, config, getSessionCookie(event, config.cookies.sessionToken))
  }
  catch (error) {
    // A response that has begun has sent its headers already.
    if (canAnswer(event)) setResponseHeader(event, 'retry-after', '5')
    throw error
  }
}

async function readFrom(event: AuthEvent, config: RequestConfig, value: string | undefined): Promise<Reading> {
  if (!value) return signedOut
  if (config.session.strategy === 'jwt') return await readTokenSession(event, config, value)
  return await (await loadDatabase()).readDatabaseSession(event, config, value)
}
