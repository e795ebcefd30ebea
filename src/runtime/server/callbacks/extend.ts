import type { Account, Profile, User } from '@auth/core/types'
import type { AdapterUser } from '@auth/core/adapters'
import type { JWT } from '../token/claims'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Awaitable, BaseSession } from '../../shared/types'
import { after } from '../http/after'
import { logWarning } from '../log'
import { requireJson, toKind } from './json'

/** `extend.refresh` as it is at run time. `run`'s second argument is for what this module offers itself. */
export interface RuntimeRefresh {
  due: (context: { token: JWT }) => Awaitable<boolean>
  expired?: (context: { token: JWT }) => Awaitable<boolean>
  run: (context: { token: JWT, signal: AbortSignal }, request: { event: AuthEvent, config: object }) => Awaitable<object>
}

/** `extend` as it is at run time, where its inferred types are gone. */
export interface RuntimeExtend {
  token?: (context: { user: User, account?: Account | null, profile?: Profile }) => Awaitable<object>
  session?: (context: Source) => Awaitable<object>
  update?: (context: Source & { input: unknown }) => Awaitable<object>
  refresh?: RuntimeRefresh
  revalidate?: (context: { token: JWT }) => Awaitable<object | null>
}

/** What a session is made from: the token, or the user's row in the database and no token. */
export interface Source { token: JWT, user?: AdapterUser }

type Fields = Record<string, unknown>

/** Claims that only the module sets (RFC 7519 §4.1, and those of `claims.ts`), and keys that reach a prototype. */
const reserved = new Set(['sub', 'iss', 'aud', 'iat', 'exp', 'nbf', 'jti', 'sid', 'auth_time', 'epoch', 'revalidated_at', 'federatedSignOut', '__proto__', 'constructor', 'prototype'])

/** Hop 1, at sign-in: what authorize or the profile returned → token. Never overwrites a reserved claim. Throws AUTH_D003. */
export async function extendToken(extend: RuntimeExtend, token: JWT, signIn: { user: User, account?: Account | null, profile?: Profile }, file: string): Promise<JWT> {
  if (!extend.token) return token
  return withUserImage({ ...token, ...toClaims(await extend.token(signIn), 'token', file) })
}

/** A user that was copied into the token may have a `picture` beside its `image`: the session's image is the user's `image`. */
export function withUserImage(token: JWT): JWT {
  if (token.image === undefined) return token
  return { ...token, picture: token.image as string | null }
}

/** On update: what the definition accepts of the client's wish → claims. Nothing without `extend.update`. Throws AUTH_D003. */
export async function acceptUpdate(extend: RuntimeExtend, token: JWT, input: unknown, file: string): Promise<Record<string, unknown>> {
  if (!extend.update) return ignoreUpdate(input, file)
  return toClaims(await extend.update({ token, input }), 'update', file)
}

/** The same for a user in the database: the columns of his row that change. None that says who somebody is. Throws AUTH_D003. */
export async function acceptUserUpdate(extend: RuntimeExtend, user: AdapterUser, input: unknown, file: string): Promise<Record<string, unknown>> {
  if (!extend.update) return ignoreUpdate(input, file)
  const { id: _id, email: _email, emailVerified: _verified, ...columns } = pickClaims(requireObject(await extend.update({ user, input } as never), 'update', file))
  return columns
}

/** Nothing of the input is accepted, and the log says why. An update without input only reads the session again. */
function ignoreUpdate(input: unknown, file: string): Record<string, unknown> {
  if (input !== undefined && input !== null) logWarning(new NuxtAuthError('AUTH_D017', { file }).message)
  return {}
}

/** `after` with the reserved claims of `before`: no callback may change on update who somebody is. Keeps the order of the claims. */
export function keepReserved(before: JWT, after: JWT): JWT {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const pick = (key: string) => reserved.has(key) ? before : after
  return Object.fromEntries(keys.filter(key => Object.hasOwn(pick(key), key)).map(key => [key, pick(key)[key]]))
}

/** Hop 2, at every read: token or database user → session. Nothing that the definition did not return reaches it. Throws AUTH_D003. */
export function extendSession(extend: RuntimeExtend, base: BaseSession, source: Source, file: string): Awaitable<BaseSession> {
  if (!extend.session) return base
  return after(extend.session(source), returned => addFields(requireFields(toObject(returned, 'session', file), source.user, file), base))
}

/** The base with the fields that `extend.session` returned. Those of its `user` join the three public ones. */
function addFields(fields: Fields, base: BaseSession): BaseSession {
  const session = assignFields(Object.assign({}, base), fields)
  if (isFields(fields.user)) session.user = assignFields(Object.assign({}, base.user), fields.user)
  return keepShape(session, base)
}

/** What `callbacks.session` returned is the session: of the one it received, only what a session can't be without stays. Throws AUTH_R001. */
export function toOwnSession(returned: unknown, received: BaseSession): BaseSession {
  if (!isFields(returned)) throw new NuxtAuthError('AUTH_R001', { step: `callbacks.session (returned ${toKind(returned)}, expected a session)` })
  const { user, expires, error } = received
  return keepShape(assignFields(error === undefined ? { user, expires } : { user, expires, error }, returned), received)
}

/** Sets what the definition returned: `null` stays, and `undefined` takes the field away. Keys that reach a prototype are skipped. */
function assignFields<T extends object>(target: T, fields: Fields): T {
  for (const key of Object.keys(fields)) {
    if (key === '__proto__' || key === 'constructor') continue
    if (fields[key] === undefined) Reflect.deleteProperty(target, key)
    else Reflect.set(target, key, fields[key])
  }
  return target
}

/** A session always has a `user`, empty where the definition took it away, and an end. Whether both are valid is `isSession`'s question. */
function keepShape(session: Partial<BaseSession>, { expires }: BaseSession): BaseSession {
  return Object.assign(session, { user: session.user === undefined ? {} : session.user, expires: session.expires ?? expires })
}

/** Refuses the user's whole row, which holds what no browser may know: fields have names. Throws AUTH_D030. */
export function requireFields<T>(returned: T, user: AdapterUser | undefined, file: string): T {
  const isRow = user !== undefined && [returned, ...Object.values(returned ?? {})].includes(user)
  if (isRow) throw new NuxtAuthError('AUTH_D030', { file })
  return returned
}

/** The session that every visitor has: Auth.js's three public fields, each from the token. */
export function toBaseSession(token: JWT, expires: string): BaseSession {
  const { name, email, picture: image } = token
  return { user: { name, email, image }, expires }
}

/** What a function of `extend` returned, as claims: an object that JSON can hold, without the reserved ones. Throws AUTH_D003, AUTH_D016. */
export function toClaims(value: unknown, key: string, file: string): Record<string, unknown> {
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
