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

/** The type of a request in the app's own handlers: the event of the host's version of h3. */
export type HostEvent = Host extends { event: infer E } ? E : AuthEvent

export type Awaitable<T> = T | PromiseLike<T>

/** Flattens an intersection, so that editors show the fields instead of `A & B`. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {}

/** The fields of every session. The definition adds all others. */
export interface BaseSession {
  user: { name?: string | null, email?: string | null, image?: string | null }
  /** When the session ends: ISO 8601, UTC. */
  expires: string
  /** `RefreshFailed` while `extend.refresh` can't reach the provider: its tokens may expire before the session does. */
  error?: string
}

/** The claims of every token: names by RFC 7519, times in seconds since 1970. */
export interface TokenClaims {
  sub?: string
  name?: string | null
  email?: string | null
  picture?: string | null
  iat?: number
  exp?: number
  jti?: string
  /** ID of the token's session: random, and the same from sign-in to sign-out. */
  sid?: string
  /** When the session began. */
  auth_time?: number
}

export type SessionOf<D> = D extends AuthDefinition<infer S, infer _T> ? S : BaseSession
export type TokenOf<D> = D extends AuthDefinition<infer _S, infer T> ? T : TokenClaims

type Definition = Register extends { definition: infer D } ? D : unknown

/** What the browser may know about the user: inferred from the definition, or `Register['session']`. */
export type Session = Register extends { session: infer S } ? S : SessionOf<Definition>

/** The content of the encrypted cookie: inferred from the definition, or `Register['token']`. Server only. */
export type Token = Register extends { token: infer T } ? T : TokenOf<Definition>

type Leaf<T> = T | readonly T[]
type Plain = string | number | boolean | bigint | null | undefined

/** A deep partial of the session. Its leaves are values or lists of values. Fields that are lists can't be matched. */
export type Match<S> = {
  [K in keyof S as NonNullable<S[K]> extends readonly unknown[] ? never : K]?:
  NonNullable<S[K]> extends Plain ? Leaf<S[K]> : Match<NonNullable<S[K]>>
}

type Narrowed<T, M> = M extends readonly (infer Item)[]
  ? Extract<T, Item>
  : M extends Plain ? Extract<T, M> : T extends object ? MatchedFields<T, M> : T
type MatchedFields<S, M> = { [K in keyof S]: K extends keyof M ? Narrowed<S[K], M[K]> : S[K] }

/** The type of a session that a rule lets in: a matched field has only the values that match. */
export type Matched<S, R> = R extends { match: infer M } ? Simplify<MatchedFields<S, M>> : S

// nuxt.config does not know the definition, so a rule may name any field there.
type RuleSession = Register extends { definition: unknown } | { session: unknown } ? Session : Record<string, unknown>

/** Who may enter: `true` signed-in users, `false` everyone, `'guest'` anonymous users, or a match on the session. */
export type AuthRule<S = RuleSession> = boolean | 'guest' | {
  /** Fields that the session must have, compared exactly. A list allows each of its values. */
  match?: Match<S>
  /** Path of this app to which users are redirected who don't match, instead of a 403. */
  redirectTo?: string
}

export type SessionStatus = 'loading' | 'authenticated' | 'unauthenticated'

/** What the browser may know about a provider. */
export interface PublicProvider {
  id: string
  name: string
  type: string
  signinUrl: string
  callbackUrl: string
}

/** The result of a sign-in or sign-out. */
export interface AuthResult {
  ok: boolean
  /** HTTP status of the outcome, even if the response of Auth.js was a 200. */
  status: number
  /** Where the browser goes next. Null if the request failed. */
  url: string | null
  /** Auth.js's error name, such as `CredentialsSignin`. */
  error: string | null
  /** The reason that `authorize` gave for a failure. */
  code: string | null
  /** The fields that `authorize` refused with a validation error. */
  issues?: { path: string, message: string }[]
  /** The definition returned `url` from `callbacks.signIn` or `callbacks.redirect`: it may be on any origin. */
  redirect?: true
  /** The new session, if the sign-in is complete, as with credentials. */
  session?: Session | null
}

/** The module options that the server and the app use. They are part of the client bundle. */
export interface PublicAuthConfig {
  basePath: string
  protect: AuthRule
  redirect: { signIn: string, home: string }
  session: { refetchOnFocus: boolean, refetchInterval: number, broadcast: boolean }
}

/** A Nitro request of any version of h3. Structural, so that one signature accepts all of them. */
export interface AuthEvent {
  readonly context: object
}
