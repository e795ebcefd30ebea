declare const sessionType: unique symbol
declare const tokenType: unique symbol

/** What `defineAuth` returns: the definition as written, carrying the types of session `S` and token `T`. */
export interface AuthDefinition<S, T> {
  readonly [sessionType]?: S
  readonly [tokenType]?: T
}

/**
 * Filled by the generated `.nuxt/types/nuxt-authjs.d.ts` with `definition: typeof import('~~/server/auth').default`.
 * Declare `session` (and `token`) here by hand only where inference is circular: they win over the definition.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- each app fills it by declaration merging
export interface Register {}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- each app fills it by declaration merging
export interface Host {}

/** The request as the app's own handlers know it: h3's event, of whichever version the host has. */
export type HostEvent = Host extends { event: infer E } ? E : AuthEvent

export type Awaitable<T> = T | PromiseLike<T>

/** Flattens an intersection, so that editors show the fields instead of `A & B`. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {}

/** What every session holds. Everything else is there because the definition returned it. */
export interface BaseSession {
  user: { name?: string | null, email?: string | null, image?: string | null }
  /** End of the session: ISO 8601, UTC. */
  expires: string
  /** `RefreshFailed` while `extend.refresh` can't reach the provider: the session goes on, its provider tokens may not. */
  error?: string
}

/** The claims that every token holds (RFC 7519 names; times in seconds since 1970). */
export interface TokenClaims {
  sub?: string
  name?: string | null
  email?: string | null
  picture?: string | null
  iat?: number
  exp?: number
  jti?: string
  /** The session that this token belongs to: random, and the same from sign-in to sign-out. */
  sid?: string
  /** When the session began. */
  auth_time?: number
}

export type SessionOf<D> = D extends AuthDefinition<infer S, infer _T> ? S : BaseSession
export type TokenOf<D> = D extends AuthDefinition<infer _S, infer T> ? T : TokenClaims

type Definition = Register extends { definition: infer D } ? D : unknown

/** What the browser may know of the visitor: inferred from the definition, or `Register['session']`. */
export type Session = Register extends { session: infer S } ? S : SessionOf<Definition>

/** What the encrypted cookie holds: inferred from the definition, or `Register['token']`. Server only. */
export type Token = Register extends { token: infer T } ? T : TokenOf<Definition>

type Leaf<T> = T | readonly T[]
type Plain = string | number | boolean | bigint | null | undefined

/** A deep partial of the session whose leaves are a value or a list of values. Fields that are lists themselves can't be matched. */
export type Match<S> = { [K in keyof S as NonNullable<S[K]> extends readonly unknown[] ? never : K]?: NonNullable<S[K]> extends Plain ? Leaf<S[K]> : Match<NonNullable<S[K]>> }

type Narrowed<T, M> = M extends readonly (infer Item)[] ? Extract<T, Item> : M extends Plain ? Extract<T, M> : T extends object ? MatchedFields<T, M> : T
type MatchedFields<S, M> = { [K in keyof S]: K extends keyof M ? Narrowed<S[K], M[K]> : S[K] }

/** The session as a rule leaves it: a matched field has only the values that match. */
export type Matched<S, R> = R extends { match: infer M } ? Simplify<MatchedFields<S, M>> : S

// Where the definition is not known, as in nuxt.config, a rule may name any field.
type RuleSession = Register extends { definition: unknown } | { session: unknown } ? Session : Record<string, unknown>

/** Who may enter: `true` signed in, `false` everybody, `'guest'` signed out only, or a match on the session. */
export type AuthRule<S = RuleSession> = boolean | 'guest' | {
  /** Fields that the session must have, compared exactly. A list means one of its values. */
  match?: Match<S>
  /** Path of this app for whoever does not match, instead of 403. */
  redirectTo?: string
}

export type SessionStatus = 'loading' | 'authenticated' | 'unauthenticated'

/** A provider as the browser may know it. */
export interface PublicProvider {
  id: string
  name: string
  type: string
  signinUrl: string
  callbackUrl: string
}

/** How a sign-in or sign-out ended. `status` is the HTTP status, also where Auth.js answers 200. */
export interface AuthResult {
  ok: boolean
  status: number
  /** Where the visitor goes next; null when the request failed. */
  url: string | null
  /** Auth.js's error name, such as `CredentialsSignin`. */
  error: string | null
  /** What `authorize` said of the failure. */
  code: string | null
  /** The fields that `authorize` refused with a validation error. */
  issues?: { path: string, message: string }[]
  /** `url` is the definition's own word, from `callbacks.signIn` or `callbacks.redirect`: the browser goes there, on any origin. */
  redirect?: true
  /** The session, where the sign-in is complete: after credentials. */
  session?: Session | null
}

/** What the server and the app know of the module's options. */
export interface PublicAuthConfig {
  basePath: string
  protect: AuthRule
  redirect: { signIn: string, home: string }
  session: { refetchOnFocus: boolean, refetchInterval: number, broadcast: boolean }
}

/** A Nitro request, whichever h3 the host has. Helpers take it structurally, so one signature serves all. */
export interface AuthEvent {
  readonly context: object
}
