import type { AdapterUser } from '@auth/core/adapters'
import type { Account, Profile, User } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Awaitable, BaseSession } from '../../shared/types'
import { logWarning } from '../log'
import type { JWT } from '../token/claims'
import { requireJson, toKind } from './json'

/** `extend.refresh` at run time. The second argument of `run` is for the module's own `refreshWithProvider`. */
export interface RuntimeRefresh {
  due: (context: { token: JWT }) => Awaitable<boolean>
  expired?: (context: { token: JWT }) => Awaitable<boolean>
  run: (
    context: { token: JWT, signal: AbortSignal }, request: { event: AuthEvent, config: object },
  ) => Awaitable<object>
}

/** `extend` at run time, without its inferred types. */
export interface RuntimeExtend {
  token?: (context: SignIn) => Awaitable<object>
  session?: (context: Source) => Awaitable<object>
  update?: (context: Source & { input: unknown }) => Awaitable<object>
  refresh?: RuntimeRefresh
  revalidate?: (context: { token: JWT }) => Awaitable<object | null>
}

/** A sign-in: the user as `authorize` or the provider's profile returned it. */
export interface SignIn { user: User, account?: Account | null, profile?: Profile }

/** What a session is made from: the token, or the user's row if sessions are in the database. */
export interface Source { token: JWT, user?: AdapterUser }

type Fields = Record<string, unknown>

/** Claims that only the module sets (RFC 7519 §4.1, and its own), and keys that reach a prototype. */
const reserved = new Set([
  'sub', 'iss', 'aud', 'iat', 'exp', 'nbf', 'jti',
  'sid', 'auth_time', 'epoch', 'revalidated_at', 'federatedSignOut',
  '__proto__', 'constructor', 'prototype',
])

/** Hop 1, at sign-in: user → token. Never overwrites a reserved claim. Throws AUTH_D003, AUTH_D016. */
export async function extendToken(extend: RuntimeExtend, token: JWT, signIn: SignIn, file: string): Promise<JWT> {
  if (!extend.token) return token
  return withUserImage({ ...token, ...toClaims(await extend.token(signIn), 'token', file) })
}

/** The token with the user's `image` as `picture`: a user that was copied into the token may have both. */
export function withUserImage(token: JWT): JWT {
  const { image } = token
  if (image === undefined) return token
  return { ...token, picture: image as string | null }
}

/** On update: input → the claims that change. None without `extend.update`. Throws AUTH_D003, AUTH_D016. */
export async function acceptUpdate(extend: RuntimeExtend, token: JWT, input: unknown, file: string): Promise<Fields> {
  if (!extend.update) return ignoreUpdate(input, file)
  return toClaims(await extend.update({ token, input }), 'update', file)
}

/**
 * On update of a session in the database: input → the columns of the user's row that change, none that identifies the
 * user. Throws AUTH_D003.
 */
export async function acceptUserUpdate(
  extend: RuntimeExtend, user: AdapterUser, input: unknown, file: string,
): Promise<Fields> {
  if (!extend.update) return ignoreUpdate(input, file)
  // Typed for tokens: a session in the database has none.
  const returned = await extend.update({ user, input } as never)
  const accepted = pickClaims(requireObject(returned, 'update', file))
  const { id: _id, email: _email, emailVerified: _verified, ...columns } = accepted
  return columns
}

/** Accepts nothing, and logs why. An update without input only reads the session again. */
function ignoreUpdate(input: unknown, file: string): Fields {
  if (input !== undefined && input !== null) logWarning(new NuxtAuthError('AUTH_D017', { file }).message)
  return {}
}

/** `after` with the reserved claims of `before`, in the same order: an update never changes the user's identity. */
export function keepReserved(before: JWT, after: JWT): JWT {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const pick = (key: string) => reserved.has(key) ? before : after
  return Object.fromEntries(keys.filter(key => Object.hasOwn(pick(key), key)).map(key => [key, pick(key)[key]]))
}

/**
 * Hop 2, at every read: token or database user → session. Contains no field that the definition did not return.
 * Throws AUTH_D003, AUTH_D016, AUTH_D030.
 */
export async function extendSession(
  extend: RuntimeExtend, base: BaseSession, source: Source, file: string,
): Promise<BaseSession> {
  if (!extend.session) return base
  const returned = toObject(await extend.session(source), 'session', file)
  return addFields(requireFields(returned, source.user, file), base)
}

/** The base with these fields. Those of `user` join the three public ones. */
function addFields(fields: Fields, base: BaseSession): BaseSession {
  const session = assignFields({ ...base }, fields)
  if (isFields(fields.user)) session.user = assignFields({ ...base.user }, fields.user)
  return keepShape(session, base)
}

/**
 * The result of `callbacks.session` as the session. Of the session that the callback received, only `user`, `expires`
 * and `error` stay if the result leaves them out. Throws AUTH_R001.
 */
export function toOwnSession(returned: unknown, received: BaseSession): BaseSession {
  if (!isFields(returned)) {
    throw new NuxtAuthError('AUTH_R001', {
      step: `callbacks.session (returned ${toKind(returned)}, expected a session)`,
    })
  }
  const { user, expires, error } = received
  const required = error === undefined ? { user, expires } : { user, expires, error }
  return keepShape(assignFields(required, returned), received)
}

/** Sets fields: `null` stays, `undefined` removes the field. Keys that reach a prototype are skipped. */
function assignFields<T extends object>(target: T, fields: Fields): T {
  for (const key of Object.keys(fields)) {
    if (key === '__proto__' || key === 'constructor') continue
    if (fields[key] === undefined) Reflect.deleteProperty(target, key)
    else Reflect.set(target, key, fields[key])
  }
  return target
}

/** A session always has a `user`, if only an empty one, and an end. `isSession` checks whether both are valid. */
function keepShape(session: Partial<BaseSession>, { expires }: BaseSession): BaseSession {
  const user = session.user === undefined ? {} : session.user
  return Object.assign(session, { user, expires: session.expires ?? expires })
}

/** Refuses the user's whole row, which has columns that no browser may see. Throws AUTH_D030. */
export function requireFields<T>(returned: T, user: AdapterUser | undefined, file: string): T {
  const isRow = user !== undefined && [returned, ...Object.values(returned ?? {})].includes(user)
  if (isRow) throw new NuxtAuthError('AUTH_D030', { file })
  return returned
}

/** The session before `extend.session`: Auth.js's three public fields, from the token. */
export function toBaseSession(token: JWT, expires: string): BaseSession {
  const { name, email, picture: image } = token
  return { user: { name, email, image }, expires }
}

/** The result of `extend.<key>` as claims, without the reserved ones. Throws AUTH_D003, AUTH_D016. */
export function toClaims(value: unknown, key: string, file: string): Fields {
  return pickClaims(toObject(value, key, file))
}

function pickClaims(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([claim]) => !reserved.has(claim)))
}

function toObject(value: unknown, key: string, file: string): Fields {
  return requireJson(requireObject(value, key, file), `extend.${key}`, file)
}

function requireObject(value: unknown, key: string, file: string): Fields {
  if (isFields(value)) return value
  throw new NuxtAuthError('AUTH_D003', { file, key, value: toKind(value) })
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
