import Credentials from '@auth/core/providers/credentials'
import Google from '@auth/core/providers/google'
import GitHub from '@auth/core/providers/github'
import Nodemailer from '@auth/core/providers/nodemailer'
import Passkey from '@auth/core/providers/passkey'
import { defineAuth, credentials, NuxtAuthHandler, refreshWithProvider, toProviderTokens, withProfile } from '#auth'
import { expectType } from '../expect'

// What a definition gives, told from its type alone.
type SessionOf<D> = D extends import('../../../../src/runtime/shared/types').AuthDefinition<infer S, infer _T> ? S : never
type TokenOf<D> = D extends import('../../../../src/runtime/shared/types').AuthDefinition<infer _S, infer T> ? T : never

const perRequest = defineAuth(async event => defineAuth({
  providers: [credentials({ credentials: { name: {} }, authorize: () => ({ id: '1', tenant: getHeader(event, 'host') }) })],
  extend: { token: ({ user }) => ({ tenant: user.tenant }), session: async ({ token }) => ({ tenant: token.tenant }) },
}))
expectType<SessionOf<typeof perRequest>['tenant']>().toEqual<string | undefined>(true)

const plain = NuxtAuthHandler({
  providers: [Credentials({ authorize: () => ({ id: '1' }) })],
  callbacks: {
    jwt: async ({ token, user }) => ({ ...token, role: 'member' as const, uid: user.id }),
    session: ({ session, token }) => ({ ...session, role: token.role, uid: token.uid }),
  },
})
expectType<SessionOf<typeof plain>['role']>().toEqual<'member'>(true)
expectType<SessionOf<typeof plain>['uid']>().toEqual<string>(true)
expectType<TokenOf<typeof plain>['uid']>().toEqual<string>(true)

export const passwordless = defineAuth({
  providers: [Nodemailer({ server: 'smtp://127.0.0.1' }), Passkey],
  extend: {
    token({ user }) {
      expectType<typeof user.email>().toEqual<string>(true)
      return { isProven: user.emailVerified !== null }
    },
    session: ({ token }) => ({ isProven: token.isProven }),
  },
})
expectType<SessionOf<typeof passwordless>['isProven']>().toEqual<boolean>(true)

const mutating = defineAuth({
  providers: [GitHub],
  callbacks: {
    jwt({ token, user }) {
      if (user) token.id = user.id
      return token
    },
    session({ session, token }) {
      session.user.id = String(token.id)
      return session
    },
  },
})
expectType<SessionOf<typeof mutating>['user']['id']>().toEqual<string | undefined>(true)

const both = defineAuth({
  providers: [GitHub],
  extend: { token: () => ({ role: 'admin' as const }), session: ({ token }) => ({ role: token.role }) },
  callbacks: { session: ({ session }) => ({ ...session, isAdmin: session.role === 'admin' }) },
})
expectType<SessionOf<typeof both>['isAdmin']>().toEqual<boolean>(true)
expectType<SessionOf<typeof both>['role']>().toEqual<'admin'>(true)

const lasting = defineAuth({
  providers: [credentials({ credentials: { name: {} }, authorize: () => ({ id: '1', role: 'admin' as 'admin' | 'member' }) })],
  session: { absoluteMaxAge: 3600, revalidateAfter: 60, revocable: { list: true } },
  extend: {
    token: ({ user }) => ({ role: user.role }),
    session: ({ token }) => ({ role: token.role }),
    revalidate: async ({ token }) => token.role === 'admin' ? { role: 'member' as const, name: 'Ada' } : null,
  },
})
expectType<SessionOf<typeof lasting>['role']>().toEqual<'admin' | 'member'>(true)
expectType<TokenOf<typeof lasting>['sid']>().toEqual<string | undefined>(true)
export { lasting }

defineAuth({
  providers: [GitHub],
  // @ts-expect-error a typo would leave sessions as they are
  session: { revokable: true },
})

defineAuth({
  providers: [GitHub],
  extend: {
    token: ({ user }) => ({ uid: user.id }),
    // @ts-expect-error revalidate may only change what the token has
    revalidate: () => ({ plan: 'pro' }),
  },
})

defineAuth({
  providers: [GitHub],
  extend: {
    token: ({ user }) => ({ uid: user.id }),
    // @ts-expect-error a claim that extend.token does not return
    session: ({ token }) => ({ role: token.role }),
    // @ts-expect-error update may only change what the token has
    update: () => ({ plan: 'pro' }),
  },
})

defineAuth({
  providers: [GitHub],
  // @ts-expect-error no such extension
  extend: { jwt: () => ({}) },
})

defineAuth({
  providers: [GitHub],
  texts: { signIn: 'Anmelden', dir: 'ltr', errors: { locked: 'Gesperrt.' } },
})

defineAuth({
  providers: [GitHub],
  // @ts-expect-error no such text
  texts: { login: 'Anmelden' },
})

// @ts-expect-error providers are missing
defineAuth({ extend: {} })

credentials({
  credentials: { email: {} },
  // @ts-expect-error a field that the form does not have
  authorize: ({ password }) => ({ id: String(password) }),
})

void withProfile(Google, profile => ({ id: profile.sub, hd: profile.hd }))

const profiled = defineAuth({
  providers: [withProfile(GitHub, profile => ({ id: String(profile.id), name: profile.name, login: profile.login }))],
  extend: { token: ({ user }) => ({ login: user.login, since: new Date(0) }), session: ({ token }) => ({ login: token.login, since: token.since }) },
})
expectType<SessionOf<typeof profiled>['login']>().toEqual<string>(true)
// A date is a string once the token was sealed.
expectType<TokenOf<typeof profiled>['since']>().toEqual<string>(true)

defineAuth({
  providers: [GitHub],
  authorizationParams: ['scope'],
  federatedSignOut: { github: 'https://github.example/logout' },
  extend: {
    token: ({ account, profile }) => {
      expectType<typeof account>().toEqual<import('@auth/core/types').Account | null | undefined>(true)
      expectType<NonNullable<typeof account>['access_token']>().toEqual<string | undefined>(true)
      expectType<NonNullable<typeof account>['providerAccountId']>().toEqual<string>(true)
      expectType<typeof profile>().toEqual<import('@auth/core/types').Profile | undefined>(true)
      return { accessToken: account?.access_token, uid: account?.providerAccountId, isVerified: profile?.email_verified === true }
    },
    session: ({ token }) => {
      expectType<typeof token['accessToken']>().toEqual<string | undefined>(true)
      return { isVerified: token.isVerified }
    },
  },
})

// @ts-expect-error a list of names
defineAuth({ providers: [GitHub], authorizationParams: 'scope' })

const refreshing = defineAuth({
  providers: [GitHub],
  extend: {
    token: ({ user, account }) => ({ uid: user.id, ...toProviderTokens(account) }),
    session: ({ token }) => ({ uid: token.uid }),
    refresh: refreshWithProvider('github'),
  },
})
expectType<SessionOf<typeof refreshing>['error']>().toEqual<string | undefined>(true)
expectType<TokenOf<typeof refreshing>['accessToken']>().toEqual<string | undefined>(true)
expectType<TokenOf<typeof refreshing>['uid']>().toEqual<string>(true)

defineAuth({
  providers: [GitHub],
  extend: {
    token: () => ({ access: 'x', until: new Date(0) }),
    refresh: { due: ({ token }) => Date.parse(token.until) < Date.now(), run: async ({ token, signal }) => ({ access: `${token.access}${signal.aborted}` }) },
  },
})

defineAuth({
  providers: [GitHub],
  extend: {
    token: () => ({ access: 'x' }),
    refresh: {
      due: () => true,
      // @ts-expect-error a claim that extend.token does not return
      run: () => ({ refreshToken: 'x' }),
    },
  },
})

defineAuth({
  providers: [GitHub],
  extend: {
    token: ({ user }) => ({ uid: user.id }),
    // @ts-expect-error a token without the claims of toProviderTokens
    refresh: refreshWithProvider(),
  },
})

export { both, mutating, perRequest, plain, profiled, refreshing }
