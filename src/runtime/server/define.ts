import type { AuthConfig, Account, Profile, TokenSet, User } from '@auth/core/types'
import type { AdapterUser } from '@auth/core/adapters'
import type { JWT } from '@auth/core/jwt'
import type { CredentialInput, CredentialsConfig, OAuthConfig, OIDCConfig, Provider } from '@auth/core/providers'
import type { AuthDefinition, Awaitable, BaseSession, HostEvent, Simplify, TokenClaims } from '../shared/types'
import type { SessionOptions } from './lifetime'

declare const userType: unique symbol

/** A provider that knows the exact type of its users. */
export interface TypedProvider<U> { readonly [userType]?: U }

type UserOf<P> = P extends TypedProvider<infer U> ? unknown extends U ? User : U : User
type AllKeys<U> = U extends unknown ? keyof U : never

/** One shape of a union of users: a key that only some of them have may be undefined. Auth.js gives every user an id. */
export type Merged<U> = Simplify<
  { [K in Exclude<AllKeys<U>, 'id'>]: U extends unknown ? (K extends keyof U ? U[K] : undefined) : never } & { id: string }
>

type Callbacks = NonNullable<AuthConfig['callbacks']>
type JwtParams = Parameters<NonNullable<Callbacks['jwt']>>[0]

/** What a plain `callbacks.session` receives: the session after `extend.session`, and the token (or the database user). */
export interface SessionParams<S, T> {
  session: { user: User, expires: string } & S
  token: JWT & T
  user: AdapterUser
  newSession: unknown
  trigger?: 'update'
}

// What the definition added to the base. An index signature (Auth.js's `JWT`) adds nothing that is known.
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] }
type Extended<Base, T> = Simplify<Omit<Base, keyof T> & {
  [K in keyof T]: K extends keyof Base ? T[K] extends object ? Simplify<Base[K] & T[K]> : T[K] : T[K]
}>

/** What of `T` is left in a token or a browser: JSON. */
export type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T

export type SessionFrom<S, CS> = Json<Extended<BaseSession, unknown extends CS ? S : CS>>
export type TokenFrom<T, CT> = Extended<TokenClaims, Json<T & (unknown extends CT ? object : Known<CT>)>>

/** What of a token may be changed later: the fields of `extend.token`, and the three public ones. */
type Changes<T> = Partial<T & Pick<TokenClaims, 'name' | 'email' | 'picture'>>

/** How the session is extended: the reason for this module. Write `token` before `session`: types flow in that order. */
export interface Extend<U, T, S> {
  /** At sign-in: what `authorize` or the provider's profile returned → encrypted token. Stays on the server. */
  token?: (context: { user: U, account?: Account | null, profile?: Profile }) => Awaitable<T>
  /** At every read: token (or database user) → session. Nothing reaches the browser unless this returns it. */
  session?: (context: { token: Simplify<TokenClaims & Json<NoInfer<T>>>, user?: AdapterUser }) => Awaitable<S>
  /** On `update(input)`: what of the client's wish becomes part of the token. Without it: nothing. */
  update?: (context: { token: Simplify<TokenClaims & Json<NoInfer<T>>>, input: unknown }) => Awaitable<Changes<NoInfer<T>>>
  /**
   * Once `session.revalidateAfter` seconds have passed: what has changed since the sign-in, such as a role; `{}` for nothing.
   * Null ends the session. A throw is an outage (503), and the session stays.
   */
  revalidate?: (context: { token: Simplify<TokenClaims & Json<NoInfer<T>>> }) => Awaitable<Changes<NoInfer<T>> | null>
}

/** Everything that Auth.js accepts, and `extend`. https://authjs.dev/reference/core#authconfig */
export type DefinitionInput<P, T, S, CT, CS> = Omit<AuthConfig, 'providers' | 'callbacks' | 'session' | 'basePath' | 'raw' | 'skipCSRFCheck'> & {
  providers: P[]
  session?: SessionOptions
  extend?: Extend<Merged<UserOf<P>>, T, S>
  callbacks?: Omit<Callbacks, 'jwt' | 'session'> & {
    jwt?: (params: Omit<JwtParams, 'user'> & { user: Merged<UserOf<P>> }) => Awaitable<CT | null>
    session?: (params: SessionParams<NoInfer<S>, NoInfer<T> & Known<NoInfer<CT>>>) => Awaitable<CS>
  }
}

// `any`: the bound must accept a provider of every user type; inference then narrows it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProvider = Provider & TypedProvider<any>

/** A definition per request. The inner `defineAuth` is there for inference: TypeScript passes no type from property to property of a returned literal. */
type PerRequest<RS, RT> = (event: HostEvent) => Awaitable<AuthDefinition<RS, RT>>

/**
 * The definition of who signs in and what the session holds. At run time it is what was written; the types are what this adds.
 * For a definition per request (tenants, worker bindings): `defineAuth(event => defineAuth({ … }))`.
 */
export function defineAuth<P extends AnyProvider, T extends object = object, S extends object = object, CT = unknown, CS = unknown, RS = unknown, RT = unknown>(
  definition: DefinitionInput<P, T, S, CT, CS> | PerRequest<RS, RT>,
): AuthDefinition<unknown extends RS ? SessionFrom<S, CS> : RS, unknown extends RT ? TokenFrom<T, CT> : RT> {
  return definition as object
}

type OAuthProvider = (options: never) => OAuthConfig<never> | OIDCConfig<never>
type ProfileOf<F extends OAuthProvider> = ReturnType<F> extends { profile?: (profile: infer P, tokens: TokenSet) => unknown } ? P : never

/** An Auth.js provider with a profile of its own, typed: what `profile` returns is `user` in `extend.token`. */
export function withProfile<F extends OAuthProvider, U extends { id?: string }>(
  provider: F,
  profile: (profile: ProfileOf<F>, tokens: TokenSet) => Awaitable<U>,
  options?: Omit<Partial<Parameters<F>[0]>, 'profile'>,
): ((options: object) => OAuthConfig<Profile>) & TypedProvider<U> {
  // Called by Auth.js with the provider's environment variables. Its type of a profile knows no fields of the app.
  return environment => provider({ ...environment, ...options, profile } as never) as unknown as OAuthConfig<Profile>
}

/** The keys that a sign-in form sends, each a string; `''` where the form left it out. */
export type CredentialValues<C> = { [K in keyof C]: string }

export interface CredentialsInput<C extends Record<string, CredentialInput>, U> {
  id?: string
  name?: string
  credentials: C
  /**
   * Who these credentials belong to, or null (401). Throw `createError({ statusCode: 403, statusMessage })` to refuse with
   * that status and a message that `signIn` returns as `code`.
   */
  authorize: (credentials: CredentialValues<C>, request: Request) => Awaitable<U | null | undefined | false | ''>
}

/** Auth.js's credentials provider, typed: `authorize` gets exactly the declared fields, and what it returns is `user` in `extend.token`. */
export function credentials<const C extends Record<string, CredentialInput>, U extends { id?: string | number }>(
  input: CredentialsInput<C, U>,
): CredentialsConfig & TypedProvider<U> {
  const { id = 'credentials', name = 'Credentials', credentials, authorize } = input
  const pick = (sent: Partial<Record<string, unknown>>) =>
    // The keys are those of `credentials`, which the mapped type repeats.
    Object.fromEntries(Object.keys(credentials).map(key => [key, Object.hasOwn(sent, key) ? String(sent[key]) : ''])) as CredentialValues<C>
  return {
    id,
    name,
    type: 'credentials',
    credentials,
    // Auth.js types users as strangers to the app's own fields.
    authorize: async (sent, request) => (await authorize(pick(sent), request) || null) as User | null,
  }
}
