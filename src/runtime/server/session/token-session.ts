import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { toBaseSession } from '../callbacks/extend'
import { isDue, toEnd, toNextEnd, withSignInTime } from '../config/lifetime'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../callbacks/run'
import { setSessionCookie } from '../http/cookies'
import { lazy } from '../http/lazy'
import { logRefusal } from '../log'
import type { JWT } from '../token/claims'
import { applySessionCallback, endSession, makePrivate, reportSession, signedOut } from './reading'
import type { Reading } from './reading'

const loadRevocation = lazy(() => import('../revocation/revocation'))
const loadDeviceList = lazy(() => import('../revocation/device-list'))
const loadRefresh = lazy(() => import('../refresh/refresh'))

/** A token, and whether the cookie has to be written again. */
interface NextToken { token: JWT, isChanged: boolean }

/** What happened to a token in this request. */
interface Progress {
  /** The cookie has to be written again. */
  isChanged: boolean
  /** The provider tokens are due, and could not be refreshed. */
  hasFailed: boolean
  /** Input of `update()`, if this is an update. */
  update?: { input: unknown }
}

/**
 * The main hop: the session cookie's value → session. A session that is over loses its cookie, a revoked one reads
 * as signed out, a token that is due is refreshed, and then `continueSession` makes the session. Throws AUTH_R001 and
 * AUTH_R010 (503).
 */
export async function readTokenSession(event: AuthEvent, config: RequestConfig, cookie: string): Promise<Reading> {
  const { session: lifetimes, secret, cookies } = config
  const decoded = await config.jwt.decode({ token: cookie, secret, salt: cookies.sessionToken.name })
  if (!decoded) {
    logRefusal('session refused', { reason: 'the cookie holds no valid token' })
    return endSession(event, config)
  }

  // The codec tolerates a clock difference of 15 seconds; the end of a session is exact.
  const token = withSignInTime(decoded, lifetimes)
  if (toEnd(token, lifetimes) <= Date.now()) return endSession(event, config)

  if (lifetimes.revocable) {
    // The cookie is left alone: by now the browser may hold the cookie of its next session.
    if (await (await loadRevocation()).isRevoked(token)) return signedOut
    if (lifetimes.revocable.list) await (await loadDeviceList()).noteSession(event, config, token)
  }

  const { token: fresh, hasFailed } = config.refresh
    ? await (await loadRefresh()).refreshToken(event, config, token)
    : { token, hasFailed: false }
  if (!fresh) return endSession(event, config)

  const isChanged = fresh !== decoded || isDue(token, lifetimes)
  return await continueSession(event, config, fresh, { isChanged, hasFailed })
}

/** Offers `input` to `extend.update` and makes the session of the result. Throws AUTH_R001 (503), and its refusal. */
export async function updateTokenSession(
  event: AuthEvent, config: RequestConfig, token: JWT, input: unknown, hasFailed = false,
): Promise<Reading> {
  return await continueSession(event, config, token, { isChanged: false, hasFailed, update: { input } })
}

/**
 * Token → session: `callbacks.jwt` may change or end the token, `callbacks.session` and `extend.session` make the
 * session. The cookie follows if the token changed. It is written last, so a callback that throws leaves it alone.
 */
async function continueSession(
  event: AuthEvent, config: RequestConfig, before: JWT, progress: Progress,
): Promise<Reading> {
  const { hasFailed } = progress
  const next = await applyJwtCallback(config, before, progress)
  if (!next) return endSession(event, config)
  const { token, isChanged } = next

  const end = new Date(isChanged || !token.exp ? toNextEnd(token, config.session) : toEnd(token, config.session))
  const base = toBaseSession(token, end.toISOString())
  const source = { session: hasFailed ? { ...base, error: 'RefreshFailed' as const } : base, token }
  const session = await applySessionCallback(config, source)

  if (isChanged) await writeCookie(event, config, token, end)
  const isUseless = hasFailed && await (await loadRefresh()).isExpired(config, token)
  const failure = isUseless ? new NuxtAuthError('AUTH_R011') : undefined
  const reading = { session, token, failure, visitor: { id: token.sub, email: token.email } }
  makePrivate(event)
  await reportSession(config, reading)
  return reading
}

/**
 * The token after `callbacks.jwt`, in the form that JSON gives it, as a cookie does; null if the callback ends the
 * session.
 */
async function applyJwtCallback(config: RequestConfig, token: JWT, progress: Progress): Promise<NextToken | null> {
  const { isChanged, update } = progress
  if (!config.changesTokens && !isChanged && !update) return { token, isChanged }
  // Copied before the callback, which may change the token in place.
  const before = JSON.stringify(token)
  const params = update ? { token, trigger: 'update', session: update.input } : { token }
  const step = update ? 'extend.update' : 'callbacks.jwt'
  // Auth.js types the parameters for a sign-in, which always has a user.
  const next = await runCallback(step, () => config.callbacks.jwt?.(params as never) ?? null)
  if (!next) return null
  const after = JSON.stringify(next)
  if (after === before && !isChanged) return { token: next, isChanged }
  const made: JWT = JSON.parse(after)
  if (!config.refresh) return { token: made, isChanged: true }
  return { token: await (await loadRefresh()).keepRefreshed(config, JSON.parse(before), made), isChanged: true }
}

async function writeCookie(event: AuthEvent, config: RequestConfig, token: JWT, expires: Date): Promise<void> {
  const { secret, cookies: { sessionToken } } = config
  const maxAge = Math.round((expires.getTime() - Date.now()) / 1000)
  const value = await config.jwt.encode({ token, secret, salt: sessionToken.name, maxAge })
  setSessionCookie(event, sessionToken, value, expires)
}
