import GitHub from '@auth/core/providers/github'

export default defineAuth({
  providers: [
    credentials({
      credentials: { email: { type: 'email' }, password: { type: 'password' } },
      async authorize({ email, password }) {
        const account = email === password && { id: 1, name: email, role: 'admin' as 'admin' | 'editor' | 'member', access_token: 'secret' }
        return account && { ...account, teams: ['core'] }
      },
    }),
    GitHub,
  ],
  extend: {
    token: ({ user, account, profile }) => ({
      uid: account?.providerAccountId ?? user.id,
      role: user.role ?? 'member',
      login: profile?.preferred_username ?? null,
      teams: user.teams ?? [],
      accessToken: user.access_token ?? account?.access_token,
    }),
    session: ({ token }) => ({ uid: token.uid, role: token.role, user: { teams: token.teams }, since: new Date(0) }),
    update: ({ token, input }) => ({ role: token.role, name: String(input) }),
  },
})
