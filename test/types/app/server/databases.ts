import Credentials from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import type { Adapter, AdapterSession, AdapterUser } from '@auth/core/adapters'
import { defineAuth, credentials, NuxtAuthHandler, withUser } from '#auth'
import { expectType } from '../expect'

// What a definition gives, told from its type alone.
type SessionOf<D> = D extends import('../../../../src/runtime/shared/types').AuthDefinition<infer S, infer _T> ? S : never
type TokenOf<D> = D extends import('../../../../src/runtime/shared/types').AuthDefinition<infer _S, infer T> ? T : never
type SessionUser<D> = SessionOf<D> extends { user: infer U } ? U : never

const adapter: Adapter = {}

const columns = defineAuth({
  adapter: withUser<{ role: 'admin' | 'member', since: Date }>(adapter),
  providers: [GitHub, credentials({ credentials: { name: {} }, authorize: () => ({ id: '1' }) })],
  extend: {
    session: ({ user }) => ({ role: user.role, since: user.since, user: { id: user.id } }),
    update: ({ user, input }) => user.role === 'admin' && input === 'member' ? { role: 'member' as const } : {},
  },
})
expectType<SessionOf<typeof columns>['role']>().toEqual<'admin' | 'member'>(true)
expectType<SessionOf<typeof columns>['since']>().toEqual<string>(true)
expectType<SessionUser<typeof columns>>().toEqual<{ name?: string | null, email?: string | null, image?: string | null, id: string }>(true)
// There is none to read from.
expectType<TokenOf<typeof columns>>().toEqual<null>(true)

const documented = NuxtAuthHandler({
  adapter,
  providers: [GitHub],
  callbacks: {
    session({ session, user }) {
      expectType<typeof user>().toEqual<AdapterUser>(true)
      session.user.id = user.id
      return session
    },
  },
})
expectType<SessionOf<typeof documented>['user']['id']>().toEqual<string | undefined>(true)

class Rows {
  async getSessionAndUser(_key: string): Promise<{ session: AdapterSession, user: AdapterUser & { plan: string } } | null> {
    return null
  }
}
// An adapter that types what it returns.
const typed = defineAuth({ adapter: new Rows(), providers: [GitHub], session: { maxAge: 60 }, extend: { session: ({ user }) => ({ plan: user.plan }) } })
expectType<SessionOf<typeof typed>['plan']>().toEqual<string>(true)

// An adapter for magic links and the like, and sessions in tokens.
const tokens = defineAuth({
  adapter,
  session: { strategy: 'jwt' },
  providers: [Credentials({ authorize: () => ({ id: '1' }) })],
  extend: { token: ({ user }) => ({ uid: user.id }), session: ({ token }) => ({ uid: token.uid }) },
})
expectType<SessionOf<typeof tokens>['uid']>().toEqual<string>(true)
expectType<NonNullable<TokenOf<typeof tokens>>['uid']>().toEqual<string>(true)

defineAuth({
  adapter,
  providers: [GitHub],
  extend: {
    // @ts-expect-error a column that nobody declared
    session: ({ user }) => ({ role: user.role }),
    // @ts-expect-error who somebody is does not change here
    update: () => ({ email: 'victim@app.example' }),
  },
})

defineAuth({
  adapter,
  providers: [GitHub],
  extend: {
    // @ts-expect-error sessions in a database have no token
    session: ({ token }) => ({ uid: token.sub }),
  },
})

defineAuth({
  adapter,
  providers: [GitHub],
  // @ts-expect-error at sign-in nothing is kept in a token: there is no user to take it from
  extend: { token: ({ user }) => ({ uid: user.id }) },
})

export { columns, documented, tokens, typed }
