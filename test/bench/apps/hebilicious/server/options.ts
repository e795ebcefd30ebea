import CredentialsProvider from '@auth/core/providers/credentials'
import type { AuthConfig } from '@auth/core/types'
import { visitor } from '../../../common/visitor'

export const authOptions: AuthConfig = {
  secret: process.env.AUTH_SECRET,
  providers: [
    CredentialsProvider({ credentials: { name: { type: 'text' } }, authorize: ({ name }) => ({ ...visitor, name }) }),
  ],
  callbacks: {
    jwt: ({ token, user }) => user ? { ...token, role: user.role } : token,
    session: ({ session, token }) => ({ ...session, role: token.role }),
  },
}
