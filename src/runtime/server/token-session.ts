import type { AuthEvent } from '../shared/types'
import { setSessionCookie } from './cookies'
import { logRefusal } from './log'
import type { RequestConfig } from './definition'
import { toBaseSession } from './extend'
import { endSession, resolveSession, runCallback, settle } from './reading'
import type { JWT, Reading } from './reading'

/** The session whose token is in the cookie. Renews the cookie when that is due or the token changed; ends what is none. */
export async function readTokenSession(event: AuthEvent, config: RequestConfig, value: string): Promise<Reading> {
  const { name: salt } = config.cookies.sessionToken
  const token: JWT | null = await config.jwt.decode({ token: value, secret: config.secret, salt })
  if (!token) logRefusal('session refused', { reason: 'the cookie holds no valid token' })
  // Decoding tolerates clocks that differ; a session that is over is over.
  if (!token || (token.exp ?? Number.POSITIVE_INFINITY) * 1000 <= Date.now()) return endSession(event, config)
  return await proceed(event, config, token, { token }, isDue(token, config))
}

/** Offers `input` to the definition. The cookie follows. */
export async function updateTokenSession(event: AuthEvent, config: RequestConfig, token: JWT, input: unknown): Promise<Reading> {
  return await proceed(event, config, token, { token, trigger: 'update', session: input }, false)
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
  const session = await resolveSession(config, { session: toBaseSession(token, expires), token })
  if (isChanged) await writeCookie(event, config, token, expires)
  return await settle(event, config, { session, token, visitor: { id: token.sub, email: token.email } })
}

function isDue(token: JWT, { session }: RequestConfig): boolean {
  return Date.now() / 1000 - (token.iat ?? 0) >= session.updateAge
}

async function writeCookie(event: AuthEvent, config: RequestConfig, token: JWT, expires: Date): Promise<void> {
  const { name: salt } = config.cookies.sessionToken
  setSessionCookie(event, config.cookies.sessionToken, await config.jwt.encode({ token, secret: config.secret, salt, maxAge: config.session.maxAge }), expires)
}
