import { getResponseHeader, parseCookies, setResponseHeader } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../shared/errors'
import { isSession } from '../shared/session'
import type { AuthEvent, Awaitable, BaseSession, Session, Token } from '../shared/types'
import { joinChunks, setSessionCookie } from './cookies'
import { toBaseSession } from './extend'
import { logError } from './log'
import { getConfig } from './definition'
import type { RequestConfig } from './definition'
import { isRefusal } from './providers'
import { isSharedRender } from './request'
import { toEvent } from './upgrade'
import type { SessionSource } from './upgrade'

type JWT = Record<string, unknown> & { exp?: number, iat?: number }
interface Reading { session: BaseSession | null, token: JWT | null }

const signedOut: Reading = { session: null, token: null }
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
  const updated = applyUpdate(event, token, input)
  readings.set(event, updated)
  updated.catch(() => readings.delete(event))
  return (await updated).session as Session | null
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

/** What keeps an answer that knows its visitor out of everybody else's cache. */
export function toPrivateHeaders(event: AuthEvent): Record<string, string> {
  const vary = [getResponseHeader(event, 'vary') ?? []].flat().join(', ')
  return { 'cache-control': 'private, no-store', 'vary': /\bcookie\b|\*/i.test(vary) ? vary : [vary, 'Cookie'].filter(Boolean).join(', ') }
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
  if (!value) return signedOut
  const { name: salt } = config.cookies.sessionToken
  const token: JWT | null = await config.jwt.decode({ token: value, secret: config.secret, salt })
  // Decoding tolerates clocks that differ; a session that is over is over.
  if (!token || (token.exp ?? Number.POSITIVE_INFINITY) * 1000 <= Date.now()) return endSession(event, config)
  return await proceed(event, config, token, { token }, isDue(token, config))
}

async function applyUpdate(event: AuthEvent, token: JWT, input: unknown): Promise<Reading> {
  return await proceed(event, await getConfig(event), token, { token, trigger: 'update', session: input }, false)
}

/** Lets `callbacks.jwt` see the token, and change or end it. What it made is taken as JSON: that is what a cookie brings back. */
async function proceed(event: AuthEvent, config: RequestConfig, token: JWT, params: object, isDue: boolean): Promise<Reading> {
  const before = JSON.stringify(token)
  const step = 'trigger' in params ? 'extend.update' : 'callbacks.jwt'
  const next: JWT | null = await runCallback(step, () => config.callbacks.jwt?.(params as never) ?? null)
  if (!next) return endSession(event, config)
  const after = JSON.stringify(next)
  return await issue(event, config, after === before ? next : JSON.parse(after) as JWT, isDue || after !== before)
}

/** Token → session, and the cookie where it has to change. The cookie goes out last: a callback that throws leaves it alone. */
async function issue(event: AuthEvent, config: RequestConfig, token: JWT, isChanged: boolean): Promise<Reading> {
  const expires = new Date(isChanged || !token.exp ? Date.now() + config.session.maxAge * 1000 : token.exp * 1000)
  const session = await runCallback('callbacks.session', () =>
    config.callbacks.session?.({ session: toBaseSession(token, expires), token } as never) as Awaitable<BaseSession>)
  if (!isSession(session)) throw new NuxtAuthError('AUTH_R001', { step: 'callbacks.session (no user, or expired)' })
  if (isChanged) await writeCookie(event, config, token, expires)
  for (const [name, value] of Object.entries(toPrivateHeaders(event))) setResponseHeader(event, name, value)
  await Promise.resolve(config.events?.session?.({ session, token } as never)).catch(error => logError('events.session failed', error))
  return { session, token }
}

function isDue(token: JWT, { session }: RequestConfig): boolean {
  return Date.now() / 1000 - (token.iat ?? 0) >= session.updateAge
}

async function runCallback<T>(step: string, run: () => Awaitable<T>): Promise<T> {
  try {
    return await run()
  }
  catch (cause) {
    if (cause instanceof NuxtAuthError) throw cause
    if (step === 'extend.update' && isRefusal(cause)) throw cause
    throw new NuxtAuthError('AUTH_R001', { step }, { cause })
  }
}

async function writeCookie(event: AuthEvent, config: RequestConfig, token: JWT, expires: Date): Promise<void> {
  const { name: salt } = config.cookies.sessionToken
  setSessionCookie(event, config.cookies.sessionToken, await config.jwt.encode({ token, secret: config.secret, salt, maxAge: config.session.maxAge }), expires)
}

function endSession(event: AuthEvent, config: RequestConfig): Reading {
  setSessionCookie(event, config.cookies.sessionToken, '', new Date(0))
  return signedOut
}
