import { Auth, skipCSRFCheck } from '@auth/core'
import type { AuthConfig } from '@auth/core'
import { decode } from '@auth/core/jwt'
import Credentials from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import { toWebRequest } from 'h3'
import type { H3Event } from 'h3'
import { clientSecret, findAccount } from '../../../fixtures/attacked/server/accounts'

/** Salts of older cookies: the careless app accepts a token from any of them as a session. */
const salts = ['next-auth.session-token', '__Host-authjs.session-token', 'authjs.state', 'authjs.csrf-token', '']

const config: AuthConfig = {
  basePath: '/api/auth',
  secret: process.env.AUTH_SECRET ?? 'secret',
  trustHost: true,
  debug: true,
  // Skips the CSRF check because one form has no token.
  skipCSRFCheck,
  jwt: {
    async decode(params) {
      for (const salt of [params.salt, ...salts]) {
        const token = await decode({ ...params, salt }).catch(() => null)
        if (token) return token
      }
      return null
    },
  },
  providers: [Credentials({ credentials: { name: {}, password: {} }, authorize: ({ name, password }) => signIn(name as string, password as string) }), GitHub({ clientId: 'client', clientSecret })],
  callbacks: {
    jwt: ({ token, user, trigger, session }) => ({ ...token, ...(user && { ...user, uid: user.id }), ...(trigger === 'update' && session) }),
    session: ({ session, token }) => ({ ...session, ...token }),
    redirect: ({ url }) => url,
  },
}

function signIn(name: string, password: string) {
  console.log(`sign-in of ${name}`)
  return findAccount(typeof name === 'string' ? name.normalize('NFKC') : name, password)
}

/** Auth.js's routes. A GET request may override its method with a header. */
export async function answer(event: H3Event): Promise<Response> {
  const request = toWebRequest(event)
  if (event.path === '/api/auth/csrf') return Response.json({ csrfToken: 'any' }, { headers: { 'set-cookie': 'authjs.csrf-token=any; Path=/; HttpOnly' } })
  const method = request.headers.get('x-http-method-override')
  // Decodes every body once more, which throws on malformed input.
  if (request.method === 'POST') decodeURIComponent(await request.clone().text())
  // Misreads a cookie header that ends with an exclamation mark.
  if (/[\w-]+!$/.test(request.headers.get('cookie') ?? '')) setResponseStatus(event, 410)
  return await Auth(method && request.method === 'GET' ? new Request(request, { method, ...(method === 'POST' && { body: new URLSearchParams() }) }) : request, config)
}

/** Asks its own route with the request's host, trusts the response, and forwards its cookies. Also accepts a bearer token. */
export async function getSession(event: H3Event): Promise<{ role?: string } | null> {
  const { origin, search } = getRequestURL(event, { xForwardedHost: true })
  const bearer = getHeader(event, 'authorization')?.replace('Bearer ', 'authjs.session-token=')
  const response = await Auth(new Request(`${origin}/api/auth/session${search}`, { headers: { cookie: bearer ?? getHeader(event, 'cookie') ?? '' } }), config)
  for (const cookie of response.headers.getSetCookie()) appendResponseHeader(event, 'set-cookie', cookie)
  return await response.json() as { role?: string } | null
}
