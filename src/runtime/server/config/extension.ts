import type { Adapter, AdapterSession, AdapterUser } from '@auth/core/adapters'
import type { Account, Profile } from '@auth/core/types'
import type { Awaitable, Simplify, TokenClaims } from '../../shared/types'
import type { JsonOnly } from './json-only'

/** `T` after JSON: the type of what a token or a browser holds. */
export type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T

/** Changes of a token after the sign-in: of the fields of `extend.token`, and of the three public claims. */
type Changes<T> = Partial<T> & Partial<Pick<TokenClaims, 'name' | 'email' | 'picture'>>

/** A token as callbacks receive it: its standard claims, and what `extend.token` returned. */
type ExtendedToken<T> = Simplify<TokenClaims & Json<T>>

/** What `extend.token` receives. Sessions in a database have no token, and so no such call. */
type SignIn<U, A, Strategy> = IsDatabase<A, Strategy> extends true
  ? never
  : { user: U, account?: Account | null, profile?: Profile }

/** What `extend.update` may change: columns of the user's row, or claims of the token. */
type Accepted<T, A, Strategy> = IsDatabase<A, Strategy> extends true ? Columns<RowOf<A>> : Changes<T>

/** How a definition extends the session. Write `token` before `session`: types flow in that order. */
export interface Extend<U, T, S, A, Strategy> {
  /**
   * At sign-in: the user, as `authorize` or the provider's profile returned it → the encrypted token, which stays on
   * the server. Sessions in a database have none.
   */
  token?: ((context: SignIn<U, A, Strategy>) => Awaitable<T>) & JsonOnly<NoInfer<T>>
  /** At every read: token or database user → session. Nothing reaches the browser unless this returns it. */
  session?: ((context: SourceOf<ExtendedToken<NoInfer<T>>, A, Strategy>) => Awaitable<S>) & JsonOnly<NoInfer<S>>
  /** On `update(input)`: the changes of the token, or of the user's row, that the input may make. None without it. */
  update?: (
    context: SourceOf<ExtendedToken<NoInfer<T>>, A, Strategy> & { input: unknown },
  ) => Awaitable<Accepted<NoInfer<T>, A, Strategy>>
  /**
   * Once `session.revalidateAfter` seconds have passed: the claims that have changed since the sign-in, such as a role;
   * `{}` for none. Null ends the session. An error is an outage (503), and the session stays.
   */
  revalidate?: (context: { token: ExtendedToken<NoInfer<T>> }) => Awaitable<Changes<NoInfer<T>> | null>
  /** Replaces claims before they expire: runs once, however many requests need them. */
  refresh?: Refresh<NoInfer<T>>
}

/** How the claims that expire are replaced. https://www.rfc-editor.org/rfc/rfc6749#section-6 */
export interface Refresh<T> {
  /** True some seconds before the claims expire. Runs at every read, so it should only compare. */
  due: (context: { token: ExtendedToken<T> }) => boolean
  /** True once the claims have expired: `getToken` then answers 503 while `run` fails. Defaults to `due`. */
  expired?: (context: { token: ExtendedToken<T> }) => boolean
  /**
   * Returns the new claims. Throw the provider's error response, or `createError({ statusCode: 401 })`: `invalid_grant`
   * and 401 end the session; any other error is an outage, and is retried. `signal` is aborted after 8 seconds.
   */
  run: (context: { token: ExtendedToken<T>, signal: AbortSignal }) => Awaitable<Partial<T>>
}

/** What a session is made from: the user's row, or the token. */
export type SourceOf<T, A, Strategy> = IsDatabase<A, Strategy> extends true ? { user: RowOf<A> } : { token: T }

/** An adapter whose users have the columns of `Row`. */
export interface TypedAdapter<Row> extends Adapter {
  getSessionAndUser?: (
    sessionToken: string,
  ) => Awaitable<{ session: AdapterSession, user: AdapterUser & Row } | null>
}

/**
 * Types the app's own columns of an adapter's users, for `user` of `extend.session` and `callbacks.session`:
 * `withUser<typeof users.$inferSelect>(DrizzleAdapter(…))`. Not needed for an adapter that types what it returns.
 */
export function withUser<Row extends object>(adapter: Adapter): TypedAdapter<Row> {
  // An adapter selects whole rows; Auth.js's type of it knows five columns.
  return adapter as TypedAdapter<Row>
}

/** The row that the adapter `A` returns for a session's user. */
export type RowOf<A> = A extends { getSessionAndUser?: (sessionToken: string) => infer R }
  ? NonNullable<Awaited<R>> extends { user: infer Row } ? Row : AdapterUser
  : AdapterUser

/** Whether sessions are in the database: `strategy` decides, and without it the presence of an adapter. */
export type IsDatabase<A, Strategy> = Strategy extends 'database' ? true
  : Strategy extends 'jwt' ? false
    : [A] extends [undefined] ? false : true

/** The columns of a user that an update may change: none that identify the user. */
export type Columns<Row> = Partial<Omit<Row, 'id' | 'email' | 'emailVerified'>>
