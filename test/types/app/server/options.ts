import type { AuthConfig } from '@auth/core'
import GitHub from '@auth/core/providers/github'
import { defineAuth, NuxtAuthHandler } from '#auth'
import { expectType } from '../expect'

// A definition that is written apart from the call, as Auth.js types it: the session is the base session, and what can be inferred.
type Definition<S, T> = import('../../../../src/runtime/shared/types').AuthDefinition<S, T>
type SessionOf<D> = D extends Definition<infer S, infer _T> ? S : never
type BaseUser = { name?: string | null, email?: string | null, image?: string | null }

const config: AuthConfig = { providers: [] }
const annotated = defineAuth(config)
expectType<SessionOf<typeof annotated>['user']['email']>().toEqual<BaseUser['email']>(true)
expectType<SessionOf<typeof annotated>['expires']>().toEqual<string>(true)

const authOptions: AuthConfig = {
  providers: [GitHub],
  session: { strategy: 'jwt' },
  callbacks: {
    jwt: ({ token }) => token,
    session: ({ session, token }) => ({ ...session, uid: token.sub }),
  },
}
const handler = NuxtAuthHandler(authOptions)
expectType<SessionOf<typeof handler>['user']['name']>().toEqual<BaseUser['name']>(true)

const checked = {
  providers: [GitHub],
  callbacks: {
    jwt: ({ token, user }) => ({ ...token, role: user ? 'member' as const : 'guest' as const }),
    session: ({ session, token }) => ({ ...session, uid: token.sub }),
  },
} satisfies AuthConfig
const satisfied = defineAuth(checked)
expectType<SessionOf<typeof satisfied>['uid']>().toEqual<string | undefined>(true)
expectType<SessionOf<typeof satisfied>['user']['name']>().toEqual<BaseUser['name']>(true)

const mutating = defineAuth({
  providers: [GitHub],
  callbacks: {
    session({ session, token, user }) {
      session.user.id = token.sub ?? user.id
      return session
    },
  },
} satisfies AuthConfig)
expectType<SessionOf<typeof mutating>['user']['id']>().toEqual<string>(true)

export { annotated, handler, mutating, satisfied }
