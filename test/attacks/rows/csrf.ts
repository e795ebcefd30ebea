import { expect } from 'vitest'
import { secret } from '../../e2e/app'
import type { Attack } from '../attack'
import { expectNoFailure } from '../attack'
import { Client, signedIn, toText } from '../client'
import { sendRaw } from '../raw'
import type { Running } from '../server'

const password = { name: 'ada', password: 'right' }
const targets = ['/api/auth/signin/credentials', '/api/auth/signin/github', '/api/auth/signout', '/api/auth/callback/credentials', '/api/auth/session']

/** Expects that a request was refused and changed nothing. */
async function expectRefusal(response: Response, what: string): Promise<void> {
  const text = await toText(response)
  const isRefused = response.status === 403 || response.status === 400 || response.status === 415 || /MissingCSRF/.test(text)
  const session = response.headers.getSetCookie().filter(cookie => cookie.includes('session-token'))
  expect([isRefused, session], `${what} → ${text.slice(0, 300)}`).toEqual([true, []])
}

async function expectAllRefused(server: Running, change: (client: Client) => Promise<{ fields?: Record<string, unknown>, headers?: Record<string, string> }>, what: string): Promise<void> {
  for (const path of targets) {
    const client = await signedIn(server, 'grace')
    const { fields, headers } = await change(client)
    await expectRefusal(await client.post(path, { ...password, ...fields, data: { nickname: 'csrf' } }, headers), `${what} ${path}`)
    expect((await client.session())?.uid, `${what} ${path}`).toBe('2')
  }
}

export const csrf: Attack[] = [
  {
    row: 'CSRF-01',
    promise: 'never acts on a request without a token',
    async run({ main }) {
      await expectAllRefused(main, async () => ({ fields: { csrfToken: undefined } }), 'no token')
      await expectAllRefused(main, async () => ({ fields: { csrfToken: '' } }), 'empty token')
    },
  },
  {
    row: 'CSRF-02',
    promise: 'never acts on another browser\'s token, a malformed cookie or a token that is not a string',
    async run({ main }) {
      const other = await new Client(main).csrf()
      await expectAllRefused(main, async () => ({ fields: { csrfToken: other } }), 'another browser\'s')
      for (const csrfToken of [['x'], 1, {}, true, null, { toString: 'x' }, 'a'.repeat(64)]) await expectAllRefused(main, async () => ({ fields: { csrfToken } }), JSON.stringify(csrfToken))
      const hash = 'a'.repeat(64)
      for (const cookie of ['', 'a', '|', '||', 'a|', '|a', `a|${hash}`, 'a|b|c', 'a|b|c|d', '%', '%7C', 'undefined|undefined', '__proto__|x', `${hash}|${hash}`]) {
        await expectAllRefused(main, async (client) => {
          const session = [...client.cookies].filter(([name]) => name.includes('session-token')).map(pair => pair.join('=')).join('; ')
          return { fields: { csrfToken: cookie.split('|')[0] }, headers: { cookie: `authjs.csrf-token=${cookie}; ${session}` } }
        }, `cookie ${cookie}`)
      }
    },
  },
  {
    row: 'CSRF-03',
    promise: 'never acts on a request from another site, even with a valid token',
    async run({ main }) {
      const own = new URL(main.origin)
      const senders = ['https://evil.example', 'null', `${main.origin}.evil.example`, `http://evil.${own.host}`, main.origin.replace('http', 'https'), `http://${own.hostname}:1`, `http://${own.hostname}`, 'undefined']
      for (const origin of senders) await expectAllRefused(main, async () => ({ headers: { origin } }), `Origin ${origin}`)
      // A browser that omits Origin still sends the page's URL as the referrer.
      for (const site of ['cross-site', 'same-site']) {
        for (const path of targets) {
          const client = await signedIn(main, 'grace')
          const body = new URLSearchParams({ ...password, csrfToken: await client.csrf() })
          const type = path.endsWith('session') ? { 'content-type': 'application/json' } : undefined
          await expectRefusal(await client.fetch(path, { method: 'POST', body, headers: { 'sec-fetch-site': site, ...type } }), `${site} ${path}`)
        }
      }
    },
  },
  {
    row: 'CSRF-04',
    promise: 'never changes anything by GET or HEAD',
    async run({ main }) {
      for (const method of ['GET', 'HEAD']) {
        for (const path of ['/api/auth/signout', '/api/auth/signin/github', '/api/auth/signin/credentials?name=ada&password=right', '/api/auth/callback/credentials?name=ada&password=right', '/api/auth/session?data=x', '/api/auth/signout?csrfToken=x']) {
          const client = await signedIn(main, 'grace')
          const response = await client.fetch(path, { method })
          expectNoFailure(response.status, `${method} ${path}`)
          expect(response.headers.getSetCookie().filter(cookie => cookie.includes('session-token') || cookie.includes('state')), `${method} ${path}`).toEqual([])
          expect(response.headers.get('location') ?? '', `${method} ${path}`).not.toContain('github.com')
          expect((await client.session())?.uid).toBe('2')
        }
      }
    },
  },
  {
    row: 'CSRF-05',
    promise: 'accepts a form that was open during a secret rotation, and never one from a removed secret',
    async run({ start, main }) {
      const newest = 'newest-secret-0123456789-abcdefghijklmno'
      const submit = async (env: Record<string, string>) => {
        const before = new Client(main)
        const after = new Client(await start({ ...env, AUTH_URL: 'itself' }))
        await before.csrf()
        for (const [name, value] of before.cookies) after.cookies.set(name, value)
        const response = await after.submit('/api/auth/callback/credentials', { ...password, csrfToken: await before.csrf() })
        expectNoFailure(response.status, 'a form of before')
        return after.sealed() !== ''
      }
      expect([await submit({ AUTH_SECRET: secret, AUTH_SECRET_1: newest }), await submit({ AUTH_SECRET: newest })]).toEqual([true, false])
    },
  },
  {
    row: 'CSRF-06',
    promise: 'never signs a user in through a form on another site',
    async run({ main }) {
      for (const headers of [{ origin: 'https://evil.example' }, { 'origin': 'null', 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[])
        await expectRefusal(await fetch(`${main.origin}/api/auth/callback/credentials`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(password), headers }), JSON.stringify(headers))
    },
  },
  {
    row: 'CSRF-07',
    promise: 'never skips the origin check because of NODE_ENV',
    async run({ start }) {
      for (const NODE_ENV of ['development', 'staging', 'test', '']) {
        const server = await start({ AUTH_SECRET: 'KCq0m8l9hTqfYyq5dYk0pGm1p9mJ7QO0b5uW1yq3vXo=', AUTH_URL: 'itself', NODE_ENV })
        const client = new Client(server)
        for (const origin of ['https://evil.example', 'null']) await expectRefusal(await client.submit('/api/auth/callback/credentials', password, { origin }), `${NODE_ENV} ${origin}`)
        server.stop()
      }
    },
  },
  {
    row: 'CSRF-08',
    promise: 'never takes the method from a header or a field',
    async run({ main }) {
      for (const method of ['DELETE', 'POST', 'GET', 'PUT']) {
        const client = await signedIn(main, 'grace')
        const headers = { 'x-http-method-override': method, 'x-method-override': method, 'x-http-method': method }
        expect((await client.fetch(`/api/auth/signout?_method=${method}`, { headers })).status).toBe(200)
        await client.post('/api/auth/session', { _method: method, data: {} }, headers)
        expect((await client.session())?.uid, method).toBe('2')
        const { status } = await sendRaw(main.origin, '/api/auth/signout', { method: 'PUT', headers: [['x-http-method-override', 'POST'], ['cookie', client.cookieHeader()]] })
        expect(status).toBe(405)
      }
    },
  },
]
