import { expect } from 'vitest'
import { secret } from '../../e2e/app'
import type { Attack } from '../attack'
import { Client, mapSerial, signedIn, toText } from '../client'
import { sendRaw } from '../raw'
import type { RawRequest } from '../raw'
import type { Arena, Running } from '../server'

const evil = 'evil.example'
const paths = ['/api/auth/providers', '/api/auth/signin', '/api/auth/signout', '/api/auth/csrf', '/api/auth/session', '/api/auth/error', '/api/auth/verify-request', '/api/auth/nowhere', '/member', '/admin', '/']

/** Sends `headers` to every route that could respond with a URL, and expects `evil` in none of the responses. */
async function expectUnmoved(server: Running, headers: [string, string][]): Promise<void> {
  const client = new Client(server)
  const csrfToken = await client.csrf()
  const form: RawRequest = { method: 'POST', body: new URLSearchParams({ csrfToken, name: 'ada', password: 'right' }).toString(), headers: [['content-type', 'application/x-www-form-urlencoded'], ['cookie', client.cookieHeader()], ['origin', server.origin], ...headers] }
  const requests: [string, RawRequest][] = [...paths.map((path): [string, RawRequest] => [path, { headers: [['accept', 'text/html'], ...headers] }]), ['/api/auth/signin/github', form], ['/api/auth/callback/credentials', form], ['/api/auth/signout', form]]
  await mapSerial(requests, async ([path, request]) => {
    const { status, head, body } = await sendRaw(server.origin, path, request)
    expect(status, path).toBeLessThan(500)
    expect(`${head}\n${body}`.toLowerCase().includes(evil), `${path} ${JSON.stringify(headers)} → ${head}`).toBe(false)
    const redirect = /redirect_uri=([^&\s]+)/.exec(head)?.[1]
    if (path.endsWith('github')) expect(decodeURIComponent(redirect ?? '')).toBe(`${server.origin}/api/auth/callback/github`)
  })
}

async function expectNoStart({ start }: Arena, env: Record<string, string>, code: string): Promise<void> {
  const server = await start(env)
  await server.ended()
  expect([server.code(), server.log()], JSON.stringify(env)).toEqual([1, expect.stringContaining(code)])
}

export const host: Attack[] = [
  {
    row: 'HST-01',
    promise: 'never takes a host from the request if an origin is configured',
    async run({ main }) {
      for (const value of [evil, `${evil}:80`, `localhost.${evil}`, `user@${evil}`, `${evil}/x?`]) await expectUnmoved(main, [['host', value]])
    },
  },
  {
    row: 'HST-02',
    promise: 'never takes a host from a forwarding header if no proxy is trusted',
    async run({ main }) {
      const { host } = new URL(main.origin)
      const sets: [string, string][][] = [
        [['x-forwarded-host', evil]], [['x-forwarded-host', `${host}, ${evil}`]], [['x-forwarded-host', `${evil}, ${host}`]], [['x-forwarded-host', host], ['x-forwarded-host', evil]], [['forwarded', `host=${evil};proto=https`]], [['x-host', evil]], [['x-original-host', evil]], [['x-forwarded-server', evil]], [['x-http-host-override', evil]],
        [['x-forwarded-proto', 'https']], [['x-forwarded-port', '1']], [['x-original-url', `http://${evil}/`]], [['x-rewrite-url', `//${evil}/`]], [['referer', `https://${evil}/`]], [['x-forwarded-prefix', `//${evil}`]],
      ]
      for (const headers of sets) await expectUnmoved(main, headers)
    },
  },
  {
    row: 'HST-03',
    promise: 'never starts without a known origin',
    run: async arena => await expectNoStart(arena, { AUTH_SECRET: secret }, 'AUTH_S003'),
  },
  {
    row: 'HST-04',
    promise: 'never trusts a host because of NODE_ENV or a value of AUTH_TRUST_HOST that is not affirmative',
    async run(arena) {
      for (const AUTH_TRUST_HOST of ['false', '0', '', 'no', 'off', 'truthy']) await expectNoStart(arena, { AUTH_SECRET: secret, AUTH_TRUST_HOST }, 'AUTH_S003')
      for (const NODE_ENV of ['', 'staging', 'development', 'test']) await expectNoStart(arena, { AUTH_SECRET: secret, NODE_ENV }, 'AUTH_S003')
    },
  },
  {
    row: 'HST-06',
    promise: 'never changes the names or flags of cookies, or loses a session, because a proxy reports http',
    async run({ start }) {
      const server = await start({ AUTH_SECRET: secret, AUTH_URL: 'https://app.example' })
      const ada = await signedIn(server, 'ada', 'https://app.example')
      for (const headers of [{ 'x-forwarded-proto': 'http' }, { 'x-forwarded-proto': 'https,http' }, { 'x-forwarded-ssl': 'off' }, { 'x-forwarded-host': 'evil.example' }] as Record<string, string>[]) {
        expect((await ada.session(headers))?.uid).toBe('1')
        expect((await ada.fetch('/api/admin', { headers })).status).toBe(200)
        const again = await new Client(server, 'https://app.example').submit('/api/auth/callback/credentials', { name: 'ada', password: 'right' }, headers)
        for (const cookie of again.headers.getSetCookie()) expect(cookie).toMatch(/^__(?:Host|Secure)-.*; Secure/)
      }
    },
  },
  {
    row: 'HST-10',
    promise: 'never lets a response that names the host into a shared cache',
    async run({ start }) {
      const server = await start({ AUTH_SECRET: secret, AUTH_TRUST_HOST: 'true' })
      for (const path of ['/api/auth/providers', '/api/auth/signin', '/api/auth/csrf', '/api/auth/error']) {
        const { head } = await sendRaw(server.origin, path, { headers: [['x-forwarded-host', evil]] })
        expect(head).toMatch(/^cache-control: private, no-store/im)
      }
    },
  },
  {
    row: 'HST-08',
    promise: 'answers a malformed host with 400 on auth routes, guarded APIs, guarded pages and route rules, signed in or not',
    async run({ start }) {
      const server = await start({ AUTH_SECRET: secret, AUTH_TRUST_HOST: 'true' })
      const cookie = (await signedIn(server, 'ada')).cookieHeader()
      const guarded = ['/api/auth/session', '/api/auth/providers', '/api/auth/signin', '/api/me', '/api/admin', '/api/ruled', '/member', '/admin']
      for (const value of ['', 'a b', '[::1', 'x@evil', 'x:65536', 'x/evil?', 'x#', 'x\\evil', '%00'])
        for (const name of value === '' ? ['host'] : ['host', 'x-forwarded-host'])
          for (const path of guarded)
            for (const session of [[], [['cookie', cookie]]] as [string, string][][]) {
              const { status, body } = await sendRaw(server.origin, path, { headers: [['accept', 'text/html'], [name, value], ...session] })
              expect([path, name, value, session.length, status]).toEqual([path, name, value, session.length, 400])
              expect(body).not.toMatch(/AUTH_R002|nuxt-authjs\]/)
            }
      expect((await fetch(`${server.origin}/api/me`, { headers: { cookie } })).status).toBe(200)
    },
  },
  {
    row: 'HST-01',
    promise: 'answers a trusted host that is not a host name with 400, and keeps serving',
    async run({ start }) {
      const server = await start({ AUTH_SECRET: secret, AUTH_TRUST_HOST: 'true' })
      for (const value of ['a@b', 'a/b', 'a?b', 'a#b', '[::1', 'a b', 'a:99999', '%00', 'a\\b']) {
        const { status } = await sendRaw(server.origin, '/api/auth/providers', { headers: [['x-forwarded-host', value]] })
        expect([value, status]).toEqual([value, 400])
      }
      expect(await toText(await fetch(`${server.origin}/api/auth/providers`))).toContain(server.origin)
    },
  },
]
