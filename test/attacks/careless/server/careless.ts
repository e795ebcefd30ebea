import { Auth } from '@auth/core'
import type { AuthConfig } from '@auth/core'
import Credentials from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import { toWebRequest } from 'h3'
import type { H3Event } from 'h3'
import { clientSecret, findAccount } from '../../../fixtures/attacked/server/accounts'

const config: AuthConfig = {
  basePath: '/api/auth',
  secret: process.env.AUTH_SECRET ?? 'secret',
  trustHost: true,
  debug: true,
  providers: [Credentials({ credentials: { name: {}, password: {} }, authorize: ({ name, password }) => findAccount(name as string, password as string) }), GitHub({ clientId: 'client', clientSecret })],
  callbacks: {
    jwt: ({ token, user, trigger, session }) => ({ ...token, ...(user && { ...user, uid: user.id }), ...(trigger === 'update' && session) }),
    session: ({ session, token }) => ({ ...session, ...token }),
    redirect: ({ url }) => url,
  },
}

export const answer = (event: H3Event) => Auth(toWebRequest(event), config)

/** Asks its own route over, and believes whatever comes back. */
export async function getSession(event: H3Event): Promise<{ role?: string } | null> {
  const { origin } = getRequestURL(event, { xForwardedHost: true })
  return await (await Auth(new Request(`${origin}/api/auth/session${getRequestURL(event).search}`, { headers: { cookie: getHeader(event, 'cookie') ?? '' } }), config)).json() as { role?: string } | null
}
