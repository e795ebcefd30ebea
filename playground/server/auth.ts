import Passkey from '@auth/core/providers/passkey'
import { findAccount } from './accounts'
import { adapter } from './adapter'
import { company } from './company'
import { magicLink } from './magic-link'
import { parseName } from './name'

export default defineAuth({
  providers: [
    credentials({
      credentials: { name: { label: 'Name' }, password: { label: 'Password', type: 'password' } },
      async authorize({ name, password }) {
        const account = await findAccount(name, password)
        return account && { id: account.id, name: account.name, role: account.role, access_token: account.token }
      },
    }),
    ...company,
    magicLink,
    Passkey,
  ],
  extend: {
    token: ({ user }) => ({ uid: user.id, role: user.role ?? 'member', accessToken: user.access_token }),
    session: ({ token }) => ({ uid: token.uid, role: token.role }),
    update: ({ input }) => parseName(input),
  },
  // For magic links and passkeys. The session stays in its cookie.
  adapter,
  experimental: { enableWebAuthn: true },
  session: { strategy: 'jwt', maxAge: 15 * 60, updateAge: 60 },
  federatedSignOut: true,
  // This app has its own sign-in page. The default one stays available for the demo.
  pages: { signIn: '/api/auth/signin' },
  theme: { logo: '/icon.svg', brandColor: '#0a7350' },
})
