import { getCookieHeader, setResponseHeader } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Session, Token } from '../../shared/types'
import { getConfig, requireDeployment } from '../config/load'
import type { RequestConfig } from '../config/load'
import { canAnswer, getSessionCookie, joinChunks } from '../http/cookies'
import { lazy } from '../http/lazy'
import { getRequestParts, isSharedRender } from '../http/request'
import { requireEvent, toEvent } from '../http/upgrade'
import type { SessionSource } from '../http/upgrade'
import { toVisitorEvent } from '../http/visitor'
import { logCaught } from '../log'
import type { JWT } from '../token/claims'
import { endSession, signedOut } from './reading'
import type { Reading } from './reading'
import { readTokenSession, updateTokenSession } from './token-session'

// Lazy-loaded: most apps have no sessions in a database.
const loadDatabase = lazy(() => import('./database-session'))

/** One reading per event. Never on `event.context`, which a cached render shares with the request that caused it. */
const readings = new WeakMap<AuthEvent, Promise<Reading>>()

/**
 * The current session, or null. Decodes the cookie at most once per event; for the peer of an open WebSocket, on
 * every call. Throws AUTH_R001 (503) if a callback fails, and AUTH_R010 (503) if the store does.
 */
export async function getServerSession(source: SessionSource): Promise<Session | null> {
  return (await getReading(requireEvent(source, 'getServerSession'))).session
}

/**
 * The decrypted token, or null: the claims of `extend.token` and the standard ones, refreshed by `extend.refresh`.
 * For the server only. Throws AUTH_R001 and AUTH_R010 (503) like `getServerSession`, AUTH_R011 (503) if the provider
 * tokens have expired and can't be refreshed, and AUTH_R030 for a session in a database, which has no token.
 */
export async function getToken(source: SessionSource): Promise<Token | null> {
  const event = requireEvent(source, 'getToken')
  const { session, token } = await getReading(event)
  if (session && !token) throw new NuxtAuthError('AUTH_R030')
  // `Token` was inferred from the definition, which made these claims.
  return await getClaims(event) as Token | null
}

/** The claims of the token, null without one. Throws AUTH_R011 (503) like `getToken`. */
export async function getClaims(event: AuthEvent): Promise<JWT | null> {
  const { token, failure } = await getReading(event)
  if (!failure) return token
  setResponseHeader(event, 'retry-after', '5')
  throw failure
}

/**
 * Offers `input` to `extend.update` and returns the new session, or null if no one is signed in. What it accepts is
 * stored in the cookie or in the user's row. Throws AUTH_R001 (503), or the error that `extend.update` refuses with:
 * `createError` with a 4xx, or the 400 of a validation error.
 */
export async function updateServerSession(source: AuthEvent, input: unknown): Promise<Session | null> {
  const event = toVisitorEvent(requireEvent(source, 'updateServerSession'))
  const before = await getReading(event)
  if (!before.session) return null
  const updated = update(event, before, input)
  readings.set(event, updated)
  updated.catch(() => readings.delete(event))
  return (await updated).session
}

async function update(event: AuthEvent, { token, failure }: Reading, input: unknown): Promise<Reading> {
  const config = await getConfig(event)
  if (token) return await updateTokenSession(event, config, token, input, failure !== undefined)
  const cookie = getSessionCookie(event, config.cookies.sessionToken)
  return await (await loadDatabase()).updateDatabaseSession(event, config, cookie, input)
}

/** The user who is signed in, by either kind of session; undefined for an anonymous user. Throws AUTH_R001 (503). */
export async function getVisitor(event: AuthEvent): Promise<Reading['visitor']> {
  return (await getReading(event)).visitor
}

/**
 * The session of the cookies that a response of Auth.js sets. For the rest of this event, it is the current session.
 * Throws AUTH_R001 (503).
 */
export async function adoptSession(event: AuthEvent, cookies: Record<string, string>): Promise<Session | null> {
  const adopted = readAdopted(event, cookies)
  readings.set(toVisitorEvent(event), adopted)
  return (await adopted).session
}

async function readAdopted(event: AuthEvent, cookies: Record<string, string>): Promise<Reading> {
  const config = await getConfig(event)
  // Read with an event of its own, like the next request: the response of this one has its cookies already.
  const next = toEvent({ headers: getRequestParts(event).headers, url: '/' })
  return await readCookie(next, config, joinChunks(cookies, config.cookies.sessionToken.name))
}

/** Deletes the session cookie. For the rest of this event, the session reads as signed out. */
export async function endReading(event: AuthEvent, config: RequestConfig): Promise<void> {
  const visited = toVisitorEvent(event)
  // A read in progress may renew the cookie, so the deletion has to come after it.
  await readings.get(visited)?.catch(() => {})
  readings.set(visited, Promise.resolve(endSession(event, config)))
}

/** The session for a page render; undefined if all users share the response, so that the browser has to ask for it. */
export async function readSessionForRender(event: AuthEvent): Promise<Session | null | undefined> {
  if (isSharedRender(event)) return undefined
  try {
    return await getServerSession(event)
  }
  catch (error) {
    // The page renders without a session, so nothing else reports this.
    logCaught(error)
    throw error
  }
}

/** True if this event has read a session, so its response is private. */
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
    return await readCookie(event, config, getSessionCookie(event, config.cookies.sessionToken))
  }
  catch (error) {
    // A response that has begun has sent its headers already.
    if (canAnswer(event)) setResponseHeader(event, 'retry-after', '5')
    throw error
  }
}

async function readCookie(event: AuthEvent, config: RequestConfig, value: string | undefined): Promise<Reading> {
  if (!value) return signedOut
  if (config.session.strategy === 'jwt') return await readTokenSession(event, config, value)
  return await (await loadDatabase()).readDatabaseSession(event, config, value)
}
