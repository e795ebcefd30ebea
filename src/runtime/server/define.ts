import type { AuthConfig, Session as AuthSession, DefaultSession, Profile, TokenSet, User } from '@auth/core/types'
import type { Adapter, AdapterUser } from '@auth/core/adapters'
import type { JWT } from '@auth/core/jwt'
import type { CredentialInput, CredentialsConfig, OAuthConfig, OIDCConfig, Provider } from '@auth/core/providers'
import type { PageTexts } from './pages/texts'
import type { AuthDefinition, Awaitable, BaseSession, HostEvent, Simplify, TokenClaims } from '../shared/types'
import type { FederatedSignOut } from './token/federated-claim'
import type { Extend, IsDatabase, Json, SourceOf } from './config/extension'
import type { JsonOnly } from './config/json-only'
import type { SessionOptions } from './config/lifetime'

export { withUser } from './config/extension'
export type { Extend, Json, Refresh, TypedAdapter } from './config/extension'

declare const userType: unique symbol

/** A provider with the exact type of its users. */
export interface TypedProvider<U> { readonly [userType]?: U }

// Users without another source are what the adapter stores.
type Called<P> = P extends (...options: never) => infer Result ? Result : P
type PlainUserOf<P> = Called<P> extends { type: 'email' | 'webauthn' } ? AdapterUser : User
type UserOf<P> = P extends TypedProvider<infer U> ? unknown extends U ? PlainUserOf<P> : U : PlainUserOf<P>
type AllKeys<U> = U extends unknown ? keyof U : never

type FieldOf<U, K> = U extends unknown ? (K extends keyof U ? U[K] : undefined) : never

/** One shape for a union of users: a key that only some of them have may be undefined. Auth.js sets `id`. */
export type Merged<U> = Simplify<
  { [K in Exclude<AllKeys<U>, 'id'>]: FieldOf<U, K> } & { id: string }
>

type Callbacks = NonNullable<AuthConfig['callbacks']>
type JwtParams = Parameters<NonNullable<Callbacks['jwt']>>[0]

/** Parameters of `callbacks.session`: the session after `extend.session`, and the token or the database user. */
export type SessionParams<S, Source> = Source & {
  session: AuthSession & { user: User } & S
  newSession: unknown
  trigger?: 'update'
}

// The keys of a type without its index signature, such as that of Auth.js's `JWT`.
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] }
type Extended<Base, T> = Simplify<Omit<Base, keyof T> & {
  [K in keyof T]: K extends keyof Base ? ExtendedField<Base[K], T[K]> : T[K]
}>
type ExtendedField<B, F> = NonNullable<F> extends object ? Simplify<B & NonNullable<F>> : F

// The fields that the app declared on Auth.js's `Session`.
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
type DeclaredUser = IsSame<AuthSession['user'], DefaultSession['user']> extends true
  ? object
  : Omit<NonNullable<AuthSession['user']>, keyof BaseSession['user']>
type Base = Simplify<
  Omit<BaseSession, 'user'>
  & { user: Simplify<BaseSession['user'] & DeclaredUser> }
  & Omit<AuthSession, keyof DefaultSession>
>

/** The session of a definition. Auth.js types its callback with a `sessionToken`, which no session here has. */
export type SessionFrom<S, CS> = Json<Simplify<Extended<Base, unknown extends CS ? S : Sent<CS>> & { user: object }>>
type Sent<CS> = { [K in keyof CS as Exclude<K, 'sessionToken'>]: CS[K] }

/** The token of a definition; null if sessions are in the database, which have none. */
export type TokenFrom<T, CT, A = undefined, Strategy = undefined> = IsDatabase<A, Strategy> extends true
  ? null
  : Extended<TokenClaims, Json<T & (unknown extends CT ? object : Known<CT>)>>

type CallbackSource<T, CT, A, Strategy> = SourceOf<JWT & T & Known<CT>, A, Strategy>

// Auth.js's keys that the definition types itself, and those that only the module sets.
type ReplacedKeys = 'providers' | 'callbacks' | 'adapter' | 'session' | 'basePath' | 'raw' | 'skipCSRFCheck'

/** A definition: Auth.js's config, `extend`, and the module's own keys. https://authjs.dev/reference/core#authconfig */
export type DefinitionInput<P, T, S, CT, CS, A = undefined, Strategy = undefined> = Omit<AuthConfig, ReplacedKeys> & {
  providers: P[]
  adapter?: A
  session?: Omit<SessionOptions, 'strategy' | 'generateSessionToken'> & { strategy?: Strategy }
  extend?: Extend<Merged<UserOf<P>>, T, S, A, Strategy>
  /** Texts of the default pages, instead of the English ones. */
  texts?: Partial<PageTexts>
  /** Parameters that the third argument of `signIn` may send to a provider, beside common hints: `['scope']`. */
  authorizationParams?: string[]
  /**
   * Keeps the id_token, so that `signOut({ federated: true })` also ends the session at the provider: `true`, or
   * end-session URLs by provider ID.
   */
  federatedSignOut?: FederatedSignOut
  callbacks?: Omit<Callbacks, 'jwt' | 'session'> & {
    jwt?: (params: Omit<JwtParams, 'user'> & { user: Merged<UserOf<P>> }) => Awaitable<CT | null>
    // With `satisfies AuthConfig`, a callback requires fields of both strategies, which no call has.
    session?:
      | ((params: SessionParams<NoInfer<S>, CallbackSource<NoInfer<T>, NoInfer<CT>, A, Strategy>>) => Awaitable<CS>)
      | CallableFunction
  }
}

// `any`: the bound must accept a provider of every user type; inference then narrows it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProvider = Provider & TypedProvider<any>

// The function calls `defineAuth` itself: in a returned literal, TypeScript infers no property from another.
type PerRequest<RS, RT> = (event: HostEvent) => Awaitable<AuthDefinition<RS, RT>>

/**
 * Types a definition of providers and sessions, and returns it unchanged.
 * For a definition per request (tenants, worker bindings): `defineAuth(event => defineAuth({ … }))`.
 */
export function defineAuth<
  P extends AnyProvider, T extends object = object, S extends object = object, CT = unknown, CS = unknown,
  RS = unknown, RT = unknown,
  A extends Adapter | undefined = undefined, Strategy extends 'jwt' | 'database' | undefined = undefined,
>(
  definition: DefinitionInput<P, T, S, CT, CS, A, Strategy> | PerRequest<RS, RT>,
): AuthDefinition<
  unknown extends RS ? SessionFrom<S, CS> : RS,
  unknown extends RT ? TokenFrom<T, CT, A, Strategy> : RT
> {
  // Session and token exist only in the type.
  return definition as object
}

type OAuthProvider = (options: never) => OAuthConfig<never> | OIDCConfig<never>
type ProfileOf<F extends OAuthProvider>
  = ReturnType<F> extends { profile?: (profile: infer P, tokens: TokenSet) => unknown } ? P : never

/** An Auth.js provider with the app's own `profile`, whose result is the typed `user` of `extend.token`. */
export function withProfile<F extends OAuthProvider, U extends { id?: string }>(
  provider: F,
  profile: (profile: ProfileOf<F>, tokens: TokenSet) => Awaitable<U>,
  options?: Omit<Partial<Parameters<F>[0]>, 'profile'>,
): ((options: object) => OAuthConfig<Profile>) & TypedProvider<U> {
  // Called by Auth.js with the provider's environment variables. Its type of a profile knows no fields of the app.
  return environment => provider({ ...environment, ...options, profile } as never) as unknown as OAuthConfig<Profile>
}

/** The fields of a sign-in form, each a string; `''` for a field that the form left out. */
export type CredentialValues<C> = { [K in keyof C]: string }

type Authorize<C, U> = (
  credentials: CredentialValues<C>, request: Request,
) => Awaitable<U | null | undefined | false | ''>

/** Parameters of `credentials()`. */
export interface CredentialsInput<C extends Record<string, CredentialInput>, U> {
  id?: string
  name?: string
  credentials: C
  /**
   * Returns the user with these credentials, or null (401). Throw `createError({ statusCode: 403, statusMessage })` to
   * refuse with that status; `signIn` returns the message as `code`.
   */
  authorize: Authorize<C, U> & JsonOnly<NoInfer<U>>
}

/**
 * Auth.js's credentials provider, typed: `authorize` receives exactly the declared fields, and its result is `user` of
 * `extend.token`.
 */
export function credentials<const C extends Record<string, CredentialInput>, U extends { id?: string | number }>(
  input: CredentialsInput<C, U>,
): CredentialsConfig & TypedProvider<U> {
  const { id = 'credentials', name = 'Credentials', credentials, authorize } = input
  const pick = (sent: Partial<Record<string, unknown>>) => {
    const values = Object.keys(credentials).map(key => [key, Object.hasOwn(sent, key) ? String(sent[key]) : ''])
    // The keys are those of `credentials`.
    return Object.fromEntries(values) as CredentialValues<C>
  }
  return {
    id,
    name,
    type: 'credentials',
    credentials,
    // If there is none, the definition's check throws AUTH_D014.
    authorize: authorize && (async (sent, request) => toUser(await authorize(pick(sent), request))),
  }
}

/** Auth.js's type of a user has none of the app's own fields, and requires a string as `id`. */
function toUser(user: object | null | undefined | false | ''): User | null {
  return user ? user as User : null
}
