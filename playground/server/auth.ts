import { findAccount } from './accounts'

export default defineAuth({
  providers: [
    credentials({
      credentials: { name: { label: 'Name' }, password: { label: 'Password', type: 'password' } },
      async authorize({ name, password }) {
        const account = await findAccount(name, password)
        return account && { id: account.id, name: account.name, role: account.role, access_token: account.token }
      },
    }),
  ],
  extend: {
    token: ({ user }) => ({ uid: user.id, role: user.role, accessToken: user.access_token }),
    session: ({ token }) => ({ uid: token.uid, role: token.role }),
  },
})
