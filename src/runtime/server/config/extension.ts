import type { Account, Profile } from '@auth/core/types'
import type { Awaitable, Simplify, TokenClaims } from '../../shared/types'
import type { Columns, IsDatabase, RowOf } from './columns'

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
