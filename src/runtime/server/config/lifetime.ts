import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { JWT } from '../token/claims'
import { defaultMaxAge } from '../token/codec'

/** `session` of a definition: lifetimes in seconds, and how sessions end. */
export type SessionOptions = NonNullable<AuthConfig['session']> & {
  /**
   * Seconds after its sign-in at which a session ends, however much it is used. At least `maxAge`, whose default is no
   * longer than this.
   */
  absoluteMaxAge?: number
  /** Seconds after which `extend.revalidate` is called again for a session. */
  revalidateAfter?: number
  /**
   * Lets sessions end early, on every instance: by signing out, `revokeSession` and `revokeUserSessions`. Costs one
   * read of the store per request that reads a session. `{ list: true }` also records sessions for `listUserSessions`.
   * @default false
   */
  revocable?: boolean | { list?: boolean }
}

/** The same with every default. Times in seconds. */
export interface Lifetimes {
  maxAge: number
  updateAge: number
  absoluteMaxAge: number | undefined
  revalidateAfter: number | undefined
  revocable: { list: boolean } | undefined
}

/** Keys for sessions in tokens. */
const tokenKeys = ['absoluteMaxAge', 'revalidateAfter', 'revocable'] as const
type NumberKey = 'maxAge' | 'updateAge' | 'absoluteMaxAge' | 'revalidateAfter'
const known: string[] = ['strategy', 'maxAge', 'updateAge', 'generateSessionToken', ...tokenKeys]

/**
 * `session` of a definition with every default. `revalidate` is the definition's `extend.revalidate`.
 * Throws AUTH_D002 for an unknown key, and AUTH_D020 for an invalid value.
 */
export function resolveLifetimes(
  options: SessionOptions, strategy: 'jwt' | 'database', revalidate: unknown, file: string,
): Lifetimes {
  requireKnownKeys(options, strategy, file)
  const seconds = (key: NumberKey, least: number) => requireSeconds(key, options[key], least, file)
  const absoluteMaxAge = seconds('absoluteMaxAge', 1)
  const maxAge = seconds('maxAge', 1) ?? Math.min(defaultMaxAge, absoluteMaxAge ?? defaultMaxAge)
  if (absoluteMaxAge !== undefined && absoluteMaxAge < maxAge) {
    throw toError('absoluteMaxAge', absoluteMaxAge, `at least \`session.maxAge\`, ${maxAge}`, file)
  }
  requireInterval(options.revalidateAfter, revalidate, file)
  return {
    maxAge,
    absoluteMaxAge,
    updateAge: seconds('updateAge', 0) ?? 24 * 60 * 60,
    revalidateAfter: seconds('revalidateAfter', 0),
    revocable: toRevocable(options.revocable, file),
  }
}

function requireKnownKeys(options: SessionOptions, strategy: 'jwt' | 'database', file: string): void {
  const unknown = Object.keys(options).filter(key => !known.includes(key)).map(key => `session.${key}`)
  if (unknown.length > 0) {
    const all = known.map(key => `session.${key}`).join(', ')
    throw new NuxtAuthError('AUTH_D002', { file, key: unknown.join('`, `'), known: all })
  }
  const unsupported = strategy === 'database' ? tokenKeys.find(key => options[key] !== undefined) : undefined
  if (!unsupported) return
  const expected = 'nothing: sessions are rows of the database, which ends them itself'
  throw toError(unsupported, options[unsupported], expected, file)
}

/** `session.revalidateAfter` and `extend.revalidate` need each other. */
function requireInterval(revalidateAfter: unknown, revalidate: unknown, file: string): void {
  if ((revalidateAfter === undefined) === !revalidate) return
  const expected = revalidate
    ? 'the seconds after which `extend.revalidate` is called again'
    : 'nothing, or `extend.revalidate` beside it'
  throw toError('revalidateAfter', revalidateAfter, expected, file)
}

/**
 * When a session ends, in milliseconds since 1970: when its token expires, `maxAge` after the token was issued, or
 * `absoluteMaxAge` after the sign-in, whichever is first.
 */
export function toEnd({ exp, iat, auth_time: signedIn }: JWT, { maxAge, absoluteMaxAge }: Lifetimes): number {
  const absoluteEnd = (signedIn ?? Infinity) + (absoluteMaxAge ?? Infinity)
  return Math.min(exp ?? Infinity, (iat ?? Infinity) + maxAge, absoluteEnd) * 1000
}

/** When the session would end if its token were issued now, in milliseconds since 1970. */
export function toNextEnd(token: JWT, lifetimes: Lifetimes): number {
  return toEnd({ auth_time: token.auth_time, iat: Date.now() / 1000 }, lifetimes)
}

/** True once the token should be issued again, so that a session in use continues. */
export function isDue({ iat = 0 }: JWT, { updateAge }: Lifetimes): boolean {
  return Date.now() / 1000 - iat >= updateAge
}

/** The token with the time of its sign-in. Without one, the time at which it was issued counts, from now on. */
export function withSignInTime(token: JWT, { absoluteMaxAge }: Lifetimes): JWT {
  if (absoluteMaxAge === undefined || token.auth_time !== undefined) return token
  return { ...token, auth_time: token.iat ?? Math.floor(Date.now() / 1000) }
}

function requireSeconds(key: string, value: unknown, least: number, file: string): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= least)) return value
  throw toError(key, value, `a number of seconds, ${least} or more`, file)
}

function toRevocable(value: unknown, file: string): { list: boolean } | undefined {
  if (value === undefined || value === false) return undefined
  if (value === true) return { list: false }
  if (typeof value === 'object' && value !== null) {
    const { list = false, ...others }: { list?: unknown } = value
    if (typeof list === 'boolean' && Object.keys(others).length === 0) return { list }
  }
  throw toError('revocable', value, 'a boolean or `{ list: true }`', file)
}

function toError(key: string, value: unknown, expected: string, file: string): NuxtAuthError {
  // JSON has no NaN and no Infinity.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value) ?? String(value)
  return new NuxtAuthError('AUTH_D020', { file, key: `session.${key}`, value: text, expected })
}
