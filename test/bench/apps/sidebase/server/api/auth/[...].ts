import CredentialsProvider from 'next-auth/providers/credentials'
import { NuxtAuthHandler } from '#auth'
import { visitor } from '../../../../../common/visitor'

export default NuxtAuthHandler({
  secret: process.env.AUTH_SECRET,
  providers: [
    // @ts-expect-error The build takes the CommonJS module as it is.
    CredentialsProvider.default({ credentials: { name: { type: 'text' } }, authorize: ({ name }) => ({ ...visitor, name }) }),
  ],
  callbacks: {
    jwt: ({ token, user }) => user ? { ...token, role: user.role } : token,
    session: ({ session, token }) => ({ ...session, role: token.role }),
  },
})
