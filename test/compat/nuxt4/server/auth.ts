import GitHub from '@auth/core/providers/github'
import { findAccount } from './accounts'

export default defineAuth({
  providers: [
    credentials({
      credentials: { email: { type: 'email' }, password: { type: 'password' } },
      async authorize({ email, password }) {
        const account = await findAccount(email, password)
        return account && { id: account.id, name: account.name, role: account.role, access_token: account.token }
      },
    }),
    GitHub,
  ],
  extend: {
    token: ({ user, account }) => ({ uid: user.id, role: user.role ?? 'member', accessToken: user.access_token ?? account?.access_token, nickname: '' }),
    session: ({ token }) => {
      if (token.uid === 'outage') throw new Error('postgres://user:password@database')
      return { uid: token.uid, role: token.role }
    },
    update: ({ input }) => ({ nickname: String((input as { nickname?: string }).nickname).slice(0, 20) }),
  },
})
