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

/** A provider that knows the exact type of its users. */
export interface TypedProvider<U> { readonly [userType]?: U }

// What an adapter stores is known of users without another source.
type Called<P> = P extends (...options: never) => infer Result ? Result : P
type PlainUserOf<P> = Called<P> extends { type: 'email' | 'webauthn' } ? AdapterUser : User
type UserOf<P> = P extends TypedProvider<infer U> ? unknown extends U ? PlainUserOf<P> : U : PlainUserOf<P>
type AllKeys<U> = U extends unknown ? keyof U : never

/** One shape of a union of users: a key that only some of them have may be undefined. Auth.js gives every user an id. */
export type Merged<U> = Simplify<
  { [K in Exclude<AllKeys<U>, 'id'>]: U extends unknown ? (K extends keyof U ? U[K] : undefined) : never } & { id: string }
>

type Callbacks = NonNullable<AuthConfig['callbacks']>
type JwtParams = Parameters<NonNullable<Callbacks['jwt']>>[0]

/** What a plain `callbacks.session` receives: the session after `extend.session`, and the token or the database user. */
export type SessionParams<S, Source> = Source & {
  session: AuthSession & { user: User } & S
  newSession: unknown
  trigger?: 'update'
}

// What the definition added to the base. An index signature (Auth.js's `JWT`) adds nothing that is known.
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] }
type Extended<Base, T> = Simplify<Omit<Base, keyof T> & {
  [K in keyof T]: K extends keyof Base ? NonNullable<T[K]> extends object ? Simplify<Base[K] & NonNullable<T[K]>> : T[K] : T[K]
}>

// What the app declared on Auth.js's `Session`, beside the fields of Auth.js itself.
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
type DeclaredUser = IsSame<AuthSession['user'], DefaultSession['user']> extends true ? object : Omit<NonNullable<AuthSession['user']>, keyof BaseSession['user']>
type Base = Simplify<Omit<BaseSession, 'user'> & { user: Simplify<BaseSession['user'] & DeclaredUser> } & Omit<AuthSession, keyof DefaultSession>>

/** The session of a definition. Auth.js's type of its callback has a `sessionToken`, which no session here holds. */
export type SessionFrom<S, CS> = Json<Simplify<Extended<Base, unknown extends CS ? S : Sent<CS>> & { user: object }>>
type Sent<CS> = { [K in keyof CS as Exclude<K, 'sessionToken'>]: CS[K] }
/** Sessions in a database have no token: null, of which nothing can be read. */
export type TokenFrom<T, CT, A = undefined, Strategy = undefined> = IsDatabase<A, Strategy> extends true ? null : Extended<TokenClaims, Json<T & (unknown extends CT ? object : Known<CT>)>>

/** Everything that Auth.js accepts, `extend`, and what this module adds. https://authjs.dev/reference/core#authconfig */
export type DefinitionInput<P, T, S, CT, CS, A = undefined, Strategy = undefined> = Omit<AuthConfig, 'providers' | 'callbacks' | 'basePath' | 'raw' | 'skipCSRFCheck' | 'adapter' | 'session'> & {
  providers: P[]
  adapter?: A
  session?: Omit<SessionOptions, 'strategy' | 'generateSessionToken'> & { strategy?: Strategy }
  extend?: Extend<Merged<UserOf<P>>, T, S, A, Strategy>
  /** What the default pages say, instead of English. */
  texts?: Partial<PageTexts>
  /** What the third argument of `signIn` may send to a provider beside its harmless hints, such as `['scope']`. */
  authorizationParams?: string[]
  /** Keeps the id_token, so that `signOut({ federated: true })` ends the provider's session too. Or end-session addresses by provider id. */
  federatedSignOut?: FederatedSignOut
  callbacks?: Omit<Callbacks, 'jwt' | 'session'> & {
    jwt?: (params: Omit<JwtParams, 'user'> & { user: Merged<UserOf<P>> }) => Awaitable<CT | null>
    // A callback that Auth.js has typed (`satisfies AuthConfig`) asks for fields of both strategies, which no call has.
    session?: ((params: SessionParams<NoInfer<S>, SourceOf<JWT & NoInfer<T> & Known<NoInfer<CT>>, A, Strategy>>) => Awaitable<CS>) | CallableFunction
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
export function defineAuth<P extends AnyProvider, T extends object = object, S extends object = object, CT = unknown, CS = unknown, RS = unknown, RT = unknown, A extends Adapter | undefined = undefined, Strategy extends 'jwt' | 'database' | undefined = undefined>(
  definition: DefinitionInput<P, T, S, CT, CS, A, Strategy> | PerRequest<RS, RT>,
): AuthDefinition<unknown extends RS ? SessionFrom<S, CS> : RS, unknown extends RT ? TokenFrom<T, CT, A, Strategy> : RT> {
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

type Authorize<C, U> = (
  credentials: CredentialValues<C>, request: Request,
) => Awaitable<U | null | undefined | false | ''>

export interface CredentialsInput<C extends Record<string, CredentialInput>, U> {
  id?: string
  name?: string
  credentials: C
  /**
   * Who these credentials belong to, or null (401). Throw `createError({ statusCode: 403, statusMessage })` to refuse with
   * that status and a message that `signIn` returns as `code`.
   */
  authorize: Authorize<C, U> & JsonOnly<NoInfer<U>>
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
    // Without one, the check of the definition says so. Auth.js's type of a user has none of the app's own fields.
    authorize: authorize && (async (sent, request) => (await authorize(pick(sent), request) || null) as User | null),
  }
}
