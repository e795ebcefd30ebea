import { Auth } from '@auth/core'
import type { AuthConfig } from '@auth/core'
import Credentials from '@auth/core/providers/credentials'
import type { H3Event } from 'h3'
import { visitor } from '../../../common/visitor'

export const config: AuthConfig = {
  secret: process.env.AUTH_SECRET,
  basePath: '/api/auth',
  trustHost: true,
  providers: [Credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ ...visitor, name: String(name) }) })],
  callbacks: {
    jwt: ({ token, user }) => user ? { ...token, role: 'admin' } : token,
    session: ({ session, token }) => ({ user: session.user, expires: session.expires, role: token.role }),
  },
}

/** Reads the session as Auth.js's own integrations do: through its route, in process. */
export async function getSession(event: H3Event): Promise<{ user: { name: string }, role: string } | null> {
  const response = await Auth(new Request(new URL('/api/auth/session', process.env.AUTH_URL), { headers: { cookie: getHeader(event, 'cookie') ?? '' } }), config)
  return await response.json()
}
