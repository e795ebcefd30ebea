import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { JWT } from '../token/claims'
import { defaultMaxAge } from '../token/codec'

/** How long sessions live, and how they end. Times in seconds. */
export type SessionOptions = NonNullable<AuthConfig['session']> & {
  /** Longest life of a session after its sign-in, however much it is used. At least `maxAge`, which is no longer than this where it is not given. */
  absoluteMaxAge?: number
  /** How long a session is believed before `extend.revalidate` is asked about it again. */
  revalidateAfter?: number
  /**
   * Sessions can be ended before their time, on every instance: by signing out, `revokeSession` and `revokeUserSessions`.
   * Costs one read of the store per request that reads a session. `{ list: true }` also keeps what `listUserSessions` returns.
   * @default false
   */
  revocable?: boolean | { list?: boolean }
}

/** The same, with every default. */
export interface Lifetimes {
  maxAge: number
  updateAge: number
  absoluteMaxAge: number | undefined
  revalidateAfter: number | undefined
  revocable: { list: boolean } | undefined
}

/** What is for sessions in tokens. */
const ofTokens = ['absoluteMaxAge', 'revalidateAfter', 'revocable'] as const
const known = ['strategy', 'maxAge', 'updateAge', 'generateSessionToken', 'absoluteMaxAge', 'revalidateAfter', 'revocable']

/** Checks `session` of a definition, and the hook that belongs to it, and fills it in. Pure. Throws AUTH_D002 for an unknown key and AUTH_D020 for an impossible value. */
export function resolveLifetimes(options: SessionOptions, strategy: 'jwt' | 'database', revalidate: unknown, file: string): Lifetimes {
  const unknown = Object.keys(options).filter(key => !known.includes(key)).map(key => `session.${key}`)
  if (unknown.length > 0) throw new NuxtAuthError('AUTH_D002', { file, key: unknown.join('`, `'), known: known.map(key => `session.${key}`).join(', ') })
  const foreign = strategy === 'database' ? ofTokens.find(key => options[key] !== undefined) : undefined
  if (foreign) throw refuse(foreign, options[foreign], 'nothing: sessions are rows of the database, which ends them itself', file)
  const absoluteMaxAge = requireSeconds('absoluteMaxAge', options.absoluteMaxAge, 1, file)
  const maxAge = requireSeconds('maxAge', options.maxAge, 1, file) ?? Math.min(defaultMaxAge, absoluteMaxAge ?? defaultMaxAge)
  if (absoluteMaxAge !== undefined && absoluteMaxAge < maxAge) throw refuse('absoluteMaxAge', absoluteMaxAge, `at least \`session.maxAge\`, ${maxAge}`, file)
  if (options.revalidateAfter === undefined && revalidate) throw refuse('revalidateAfter', undefined, 'the seconds after which `extend.revalidate` is asked again', file)
  if (options.revalidateAfter !== undefined && !revalidate) throw refuse('revalidateAfter', options.revalidateAfter, 'nothing, or `extend.revalidate` beside it', file)
  return {
    maxAge,
    absoluteMaxAge,
    updateAge: requireSeconds('updateAge', options.updateAge, 0, file) ?? 24 * 60 * 60,
    revalidateAfter: requireSeconds('revalidateAfter', options.revalidateAfter, 0, file),
    revocable: toRevocable(options.revocable, file),
  }
}

/** When a session ends, in milliseconds since 1970: with its token, `maxAge` after that was issued, `absoluteMaxAge` after the sign-in. */
export function toEnd({ exp, iat, auth_time: signedIn }: JWT, { maxAge, absoluteMaxAge }: Lifetimes): number {
  return Math.min(exp ?? Infinity, (iat ?? Infinity) + maxAge, (signedIn ?? Infinity) + (absoluteMaxAge ?? Infinity)) * 1000
}

/** When the session would end if its token were issued now, in milliseconds since 1970. */
export function toNextEnd(token: JWT, lifetimes: Lifetimes): number {
  return toEnd({ auth_time: token.auth_time, iat: Date.now() / 1000 }, lifetimes)
}

/** True once the token should be issued anew, so that a session in use goes on. */
export function isDue({ iat = 0 }: JWT, { updateAge }: Lifetimes): boolean {
  return Date.now() / 1000 - iat >= updateAge
}

/** The token with the time of its sign-in. One that has none counts from when it was issued, once and for all. */
export function withSignInTime(token: JWT, { absoluteMaxAge }: Lifetimes): JWT {
  if (absoluteMaxAge === undefined || token.auth_time !== undefined) return token
  return { ...token, auth_time: token.iat ?? Math.floor(Date.now() / 1000) }
}

function requireSeconds(key: string, value: unknown, least: number, file: string): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= least)) return value
  throw refuse(key, value, `a number of seconds, ${least} or more`, file)
}

function toRevocable(value: unknown, file: string): { list: boolean } | undefined {
  if (value === undefined || value === false) return undefined
  if (value === true) return { list: false }
  const { list = false, ...others } = (value ?? {}) as { list?: unknown }
  if (typeof value === 'object' && value !== null && typeof list === 'boolean' && Object.keys(others).length === 0) return { list }
  throw refuse('revocable', value, 'a boolean or `{ list: true }`', file)
}

function refuse(key: string, value: unknown, expected: string, file: string): NuxtAuthError {
  return new NuxtAuthError('AUTH_D020', { file, key: `session.${key}`, value: typeof value === 'number' ? String(value) : JSON.stringify(value) ?? String(value), expected })
}
