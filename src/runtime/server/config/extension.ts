import type { Adapter, AdapterSession, AdapterUser } from '@auth/core/adapters'
import type { Account, Profile } from '@auth/core/types'
import type { Awaitable, Simplify, TokenClaims } from '../../shared/types'

/** What of `T` is left in a token or a browser: JSON. */
export type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T

/** What of a token may be changed later: the fields of `extend.token`, and the three public ones. */
type Changes<T> = Partial<T> & Partial<Pick<TokenClaims, 'name' | 'email' | 'picture'>>

/** How the session is extended: the reason for this module. Write `token` before `session`: types flow in that order. */
export interface Extend<U, T, S, A, Strategy> {
  /** At sign-in: what `authorize` or the provider's profile returned → encrypted token. Stays on the server. Sessions in a database have none. */
  token?: (context: IsDatabase<A, Strategy> extends true ? never : { user: U, account?: Account | null, profile?: Profile }) => Awaitable<T>
  /** At every read: token or database user → session. Nothing reaches the browser unless this returns it. */
  session?: (context: SourceOf<Simplify<TokenClaims & Json<NoInfer<T>>>, A, Strategy>) => Awaitable<S>
  /** On `update(input)`: what of the client's wish becomes part of the token, or of the user's row. Without it: nothing. */
  update?: (context: SourceOf<Simplify<TokenClaims & Json<NoInfer<T>>>, A, Strategy> & { input: unknown }) => Awaitable<IsDatabase<A, Strategy> extends true ? Columns<RowOf<A>> : Changes<NoInfer<T>>>
  /**
   * Once `session.revalidateAfter` seconds have passed: what has changed since the sign-in, such as a role; `{}` for nothing.
   * Null ends the session. A throw is an outage (503), and the session stays.
   */
  revalidate?: (context: { token: Simplify<TokenClaims & Json<NoInfer<T>>> }) => Awaitable<Changes<NoInfer<T>> | null>
  /** Keeps what expires in the token fresh: asked once, however many requests need it. */
  refresh?: Refresh<NoInfer<T>>
}

/** How the part of the token that expires is replaced. https://www.rfc-editor.org/rfc/rfc6749#section-6 */
export interface Refresh<T> {
  /** Whether it is time, some seconds before the end. Asked at every read, so it only compares. */
  due: (context: { token: Simplify<TokenClaims & Json<T>> }) => boolean
  /** Whether the token is of no use any more: then `getToken` answers 503 while `run` fails. `due`, where it is left out. */
  expired?: (context: { token: Simplify<TokenClaims & Json<T>> }) => boolean
  /**
   * The new values. Throw what the provider answered, or `createError({ statusCode: 401 })`: `invalid_grant` and 401 end the
   * session, everything else is an outage and is tried again. After 8 seconds `signal` is aborted.
   */
  run: (context: { token: Simplify<TokenClaims & Json<T>>, signal: AbortSignal }) => Awaitable<Partial<T>>
}

/** What a session is made from. */
export type SourceOf<T, A, Strategy> = IsDatabase<A, Strategy> extends true ? { user: RowOf<A> } : { token: T }

/** An adapter that knows the columns of its users. */
export interface TypedAdapter<Row> extends Adapter {
  getSessionAndUser?: (sessionToken: string) => Awaitable<{ session: AdapterSession, user: AdapterUser & Row } | null>
}

/**
 * An adapter whose users have columns of the app's own, typed: `user` of `extend.session` and `callbacks.session`.
 * `withUser<typeof users.$inferSelect>(DrizzleAdapter(…))`. Adapters that type what they return need none of it.
 */
export function withUser<Row extends object>(adapter: Adapter): TypedAdapter<Row> {
  // An adapter selects whole rows; Auth.js's type of it knows five columns.
  return adapter as TypedAdapter<Row>
}

/** The row that `A` returns for a session's user. */
export type RowOf<A> = A extends { getSessionAndUser?: (sessionToken: string) => infer R }
  ? NonNullable<Awaited<R>> extends { user: infer Row } ? Row : AdapterUser
  : AdapterUser

/** Whether sessions are in the database: `strategy` says so, or there is an adapter and nothing else said. */
export type IsDatabase<A, Strategy> = Strategy extends 'database' ? true : Strategy extends 'jwt' ? false : [A] extends [undefined] ? false : true

/** What an update may change of a user's row: nothing that says who somebody is. */
export type Columns<Row> = Partial<Omit<Row, 'id' | 'email' | 'emailVerified'>>
