import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Awaitable } from '../../shared/types'
import { after } from '../http/after'
import { setSessionCookie } from '../http/cookies'
import { logRefusal } from '../log'
import type { RequestConfig } from '../config/load'
import { toBaseSession } from '../config/extend'
import { lazy } from '../http/lazy'
import { isDue, toEnd, toExpires, toNextEnd, withSignInTime } from '../config/lifetime'
import { endSession, resolveSession, runCallback, settle, signedOut } from './reading'
import type { JWT } from '../token/claims'
import type { Reading } from './reading'

const loadRevocation = lazy(() => import('../revocation/revocation'))
const loadList = lazy(() => import('../revocation/device-list'))
const loadRefresh = lazy(() => import('../refresh/refresh'))

/** A token on its way through one request. `isChanged`: the cookie has to follow. `hasFailed`: it should be fresh and is not. */
interface Passing { token: JWT, isChanged: boolean, hasFailed: boolean }

/** The session whose token is in the cookie. Renews the cookie when that is due or the token changed; ends what is none. */
export function readTokenSession(event: AuthEvent, config: RequestConfig, value: string): Awaitable<Reading> {
  const { name: salt } = config.cookies.sessionToken
  return after(config.jwt.decode({ token: value, secret: config.secret, salt }), decoded => admit(event, config, decoded))
}

/** Lets an authentic token in that is not over. Most definitions have nothing more to ask, and nobody to wait for. */
function admit(event: AuthEvent, config: RequestConfig, decoded: JWT | null): Awaitable<Reading> {
  if (!decoded) logRefusal('session refused', { reason: 'the cookie holds no valid token' })
  const token = decoded && withSignInTime(decoded, config.session)
  // Decoding tolerates clocks that differ; a session that is over is over.
  if (!token || toEnd(token, config.session) <= Date.now()) return endSession(event, config)
  const passing = { token, isChanged: token !== decoded || isDue(token, config.session), hasFailed: false }
  if (config.session.revocable || config.refresh) return check(event, config, passing)
  return pass(event, config, passing)
}

/** Asks the store and the provider about a token: it may be over before its end, or due for a fresh one. */
async function check(event: AuthEvent, config: RequestConfig, passing: Passing): Promise<Reading> {
  const { token } = passing
  if (config.session.revocable) {
    // Its cookie is left alone: by now the browser may hold that of the next session.
    if (await (await loadRevocation()).isRevoked(token)) return signedOut
    if (config.session.revocable.list) await (await loadList()).noteSession(event, config, token)
  }
  const { token: fresh, hasFailed } = config.refresh ? await (await loadRefresh()).refreshToken(event, config, token) : passing
  if (!fresh) return endSession(event, config)
  return await pass(event, config, { token: fresh, isChanged: passing.isChanged || fresh !== token, hasFailed })
}

function pass(event: AuthEvent, config: RequestConfig, passing: Passing): Awaitable<Reading> {
  // Nothing of the definition looks at it: nothing to compare.
  return config.changesTokens || passing.isChanged ? proceed(event, config, passing, {}) : issue(event, config, passing)
}

/** Offers `input` to the definition. The cookie follows. */
export async function updateTokenSession(event: AuthEvent, config: RequestConfig, token: JWT, input: unknown, hasFailed = false): Promise<Reading> {
  return await proceed(event, config, { token, isChanged: false, hasFailed }, { trigger: 'update', session: input })
}

/** Lets `callbacks.jwt` see the token, and change or end it. What it made is taken as JSON: that is what a cookie brings back. */
async function proceed(event: AuthEvent, config: RequestConfig, passing: Passing, params: object): Promise<Reading> {
  const { token } = passing
  const before = JSON.stringify(token)
  const step = 'trigger' in params ? 'extend.update' : 'callbacks.jwt'
  const next: JWT | null = await runCallback(step, () => config.callbacks.jwt?.({ ...params, token } as never) ?? null)
  if (!next) return endSession(event, config)
  const after = JSON.stringify(next)
  if (after === before && !passing.isChanged) return await issue(event, config, { ...passing, token: next })
  const made = JSON.parse(after) as JWT
  const kept = config.refresh ? await (await loadRefresh()).keepRefreshed(config, JSON.parse(before) as JWT, made) : made
  return await issue(event, config, { ...passing, token: kept, isChanged: true })
}

/** Token → session, and the cookie where it has to change. The cookie goes out last: a callback that throws leaves it alone. */
function issue(event: AuthEvent, config: RequestConfig, passing: Passing): Awaitable<Reading> {
  const { token, isChanged, hasFailed } = passing
  const end = isChanged || !token.exp ? toNextEnd(token, config.session) : toEnd(token, config.session)
  const base = toBaseSession(token, toExpires(end))
  return after(resolveSession(config, { session: hasFailed ? { ...base, error: 'RefreshFailed' } : base, token }), (session) => {
    const reading = { session, token, failure: undefined, visitor: { id: token.sub, email: token.email } }
    return isChanged || hasFailed ? conclude(event, config, passing, reading, new Date(end)) : settle(event, config, reading)
  })
}

async function conclude(event: AuthEvent, config: RequestConfig, { token, isChanged, hasFailed }: Passing, reading: Reading, expires: Date): Promise<Reading> {
  if (isChanged) await writeCookie(event, config, token, expires)
  const failure = hasFailed && await (await loadRefresh()).isExpired(config, token) ? new NuxtAuthError('AUTH_R011') : undefined
  return await settle(event, config, { ...reading, failure })
}

async function writeCookie(event: AuthEvent, config: RequestConfig, token: JWT, expires: Date): Promise<void> {
  const { name: salt } = config.cookies.sessionToken
  const maxAge = Math.round((expires.getTime() - Date.now()) / 1000)
  setSessionCookie(event, config.cookies.sessionToken, await config.jwt.encode({ token, secret: config.secret, salt, maxAge }), expires)
}
