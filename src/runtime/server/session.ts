import { parseCookies, setResponseHeader } from '#nuxt-authjs/host'
import type { AuthEvent, Session, Token } from '../shared/types'
import { joinChunks } from './cookies'
import { getConfig } from './definition'
import type { RequestConfig } from './definition'
import { logError } from './log'
import { endSession, signedOut } from './reading'
import type { Reading } from './reading'
import { isSharedRender } from './request'
import { readTokenSession, updateTokenSession } from './token-session'
import { toEvent } from './upgrade'
import type { SessionSource } from './upgrade'

/** Keyed by the event: a cached render shares `event.context` with the visitor who caused it. */
const readings = new WeakMap<AuthEvent, Promise<Reading>>()

/**
 * The current session, or null. Decodes the cookie at most once per event; an open WebSocket's peer is asked anew each time.
 * Throws AUTH_R001 (503) when a callback fails.
 */
export async function getServerSession(source: SessionSource): Promise<Session | null> {
  const { session } = await getReading(toEvent(source))
  // What the callbacks returned is what `Session` was inferred from.
  return session as Session | null
}

/** The decrypted token, or null: the fields of `extend.token` and the standard claims. Server only. Throws AUTH_R001 (503). */
export async function getToken(source: SessionSource): Promise<Token | null> {
  const { token } = await getReading(toEvent(source))
  return token as Token | null
}

/**
 * Offers `input` to `extend.update` and returns the new session, or null when nobody is signed in.
 * The cookie follows. Throws AUTH_R001 (503); `createError` with a 4xx thrown in `extend.update` passes through.
 */
export async function updateServerSession(event: AuthEvent, input: unknown): Promise<Session | null> {
  const { token } = await getReading(event)
  if (!token) return null
  const updated = getConfig(event).then(config => updateTokenSession(event, config, token, input))
  readings.set(event, updated)
  updated.catch(() => readings.delete(event))
  return (await updated).session as Session | null
}

/** Takes the session cookie away, and nobody is signed in for the rest of this event. */
export async function endReading(event: AuthEvent, config: RequestConfig): Promise<void> {
  // A read that is under way may renew the cookie. The last word is said here.
  await readings.get(event)?.catch(() => {})
  readings.set(event, Promise.resolve(endSession(event, config)))
}

/** What a page render may know: the session, null, or undefined where the answer is shared and the browser has to ask. */
export async function readSessionForRender(event: AuthEvent): Promise<Session | null | undefined> {
  if (isSharedRender(event)) return undefined
  try {
    return await getServerSession(event)
  }
  catch (error) {
    // The page goes on without a session, so this is the only place that tells.
    logError(String(error), (error as Error).cause)
    throw error
  }
}

/** True once this event has read a session that is somebody's: its answer is private. */
export async function isPersonal(event: AuthEvent): Promise<boolean> {
  return Boolean((await readings.get(event)?.catch(() => null))?.session)
}

function getReading(event: AuthEvent): Promise<Reading> {
  const known = readings.get(event)
  if (known) return known
  const reading = read(event)
  readings.set(event, reading)
  // An answer that has begun has sent its headers already.
  reading.catch(() => setResponseHeader(event, 'retry-after', '5')).catch(() => {})
  return reading
}

async function read(event: AuthEvent): Promise<Reading> {
  const cookies = parseCookies(event)
  if (Object.keys(cookies).length === 0 || isSharedRender(event)) return signedOut
  const config = await getConfig(event)
  const value = joinChunks(cookies, config.cookies.sessionToken.name)
  return value ? await readTokenSession(event, config, value) : signedOut
}
