import type { Adapter, AdapterSession, AdapterUser } from '@auth/core/adapters'
import type { Awaitable } from '../../shared/types'

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
