import { decode } from '@auth/core/jwt'
import { expect } from 'vitest'
import { secret } from '../../e2e/app'
import type { Attack } from '../attack'
import { expectNoFailure } from '../attack'
import { cookieName, signedIn } from '../client'
import type { Client } from '../client'

async function open(client: Client): Promise<Record<string, unknown>> {
  return await decode({ token: client.sealed(), secret, salt: cookieName }) ?? {}
}

/** Expects that an update with `data` changes `keys` neither in the cookie's claims nor in the session. */
async function expectUnchanged(client: Client, data: unknown, keys: string[]): Promise<void> {
  const before = [await open(client), await client.session()]
  expectNoFailure((await client.post('/api/auth/session', { data })).status, JSON.stringify(data).slice(0, 80))
  const after = [await open(client), await client.session()]
  const pick = (claims: unknown) => keys.map(key => [key, (claims as Record<string, unknown> | null)?.[key]])
  expect(after.map(pick), JSON.stringify(data).slice(0, 200)).toEqual(before.map(pick))
}

const identity = ['sub', 'email', 'name', 'id', 'uid', 'user', 'role', 'access_token', 'accessToken', 'refresh_token', 'error']

export const update: Attack[] = [
  {
    row: 'UPD-01',
    promise: 'never grants a role that the client asks for',
    async run({ main }) {
      const grace = await signedIn(main, 'grace')
      for (const data of [{ role: 'admin' }, { user: { role: 'admin' } }, { role: ['admin'] }, { __proto__: null, role: 'admin', nickname: 'x' }, JSON.parse('{"__proto__":{"role":"admin"}}') as object, { constructor: { prototype: { role: 'admin' } } }])
        await expectUnchanged(grace, data, identity)
      expect((await grace.session())?.role).toBe('member')
    },
  },
  {
    row: 'UPD-02',
    promise: 'never changes the identity of a user',
    run: async ({ main }) => await expectUnchanged(await signedIn(main, 'grace'), { sub: '1', uid: '1', email: 'v@x', name: 'Victim', id: '1', user: { id: '1', role: 'admin', name: 'Victim' } }, identity),
  },
  {
    row: 'UPD-03',
    promise: 'never changes the expiry of a session',
    async run({ main }) {
      const grace = await signedIn(main, 'grace')
      await grace.post('/api/auth/session', { data: { exp: 4102444800, iat: 0, nbf: 4102444800, jti: 'x', expires: '2999-01-01' } })
      const { exp, iat, jti } = await open(grace)
      expect([Number(exp) < Date.now() / 1000 + 31 * 86_400, Number(iat) > 0, jti === 'x']).toEqual([true, true, false])
      expect(new Date(String((await grace.session())?.expires)).getFullYear()).toBeLessThan(2999)
    },
  },
  {
    row: 'UPD-04',
    promise: 'never changes a provider\'s tokens',
    run: async ({ main }) => await expectUnchanged(await signedIn(main, 'grace'), { access_token: 'x', accessToken: 'x', refresh_token: 'x', error: 'x' }, identity),
  },
  {
    row: 'UPD-06',
    promise: 'answers an update that is not an object, or is very wide or deep, at once and without a server error',
    async run({ main }) {
      const grace = await signedIn(main, 'grace')
      const csrfToken = await grace.csrf()
      const wide = `{${Array.from({ length: 4000 }, (_, index) => `"k${index}":1`).join(',')}}`
      const bodies = ['null', '1', '"admin"', '[]', 'true', wide, `${'['.repeat(5000)}${']'.repeat(5000)}`, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`]
      for (const data of bodies) {
        const response = await grace.fetch('/api/auth/session', { method: 'POST', body: `{"csrfToken":"${csrfToken}","data":${data}}`, headers: { 'content-type': 'application/json' } })
        expect([200, 400], data.slice(0, 40)).toContain(response.status)
      }
      expect((await grace.session())?.role).toBe('member')
    },
  },
  {
    row: 'UPD-07',
    promise: 'refuses a field of the wrong type or length with 400, and leaves the token unchanged',
    async run({ main }) {
      const grace = await signedIn(main, 'grace')
      for (const nickname of [1, {}, ['x'], 'x'.repeat(21)]) {
        const before = grace.sealed()
        expect((await grace.post('/api/auth/session', { data: { nickname } })).status).toBe(400)
        expect(grace.sealed()).toBe(before)
      }
    },
  },
  {
    row: 'UPD-08',
    promise: 'applies a lowered role from the next request on',
    async run({ main }) {
      const leaving = await signedIn(main, 'leaving')
      expect((await leaving.fetch('/api/admin')).status).toBe(200)
      expect((await fetch(`${main.origin}/api/demote`, { method: 'POST' })).status).toBe(200)
      expect([(await leaving.session())?.role, (await leaving.fetch('/api/admin')).status, (await leaving.fetch('/api/ruled')).status]).toEqual(['member', 403, 403])
    },
  },
  {
    row: 'UPD-09',
    promise: 'never updates without the CSRF token of this browser, or with another media type',
    async run({ main }) {
      const grace = await signedIn(main, 'grace')
      const body = JSON.stringify({ csrfToken: await grace.csrf(), data: { nickname: 'x' } })
      for (const type of ['text/plain; application/json', 'text/plain', 'application/jsonx', 'application/json-patch+json', 'multipart/form-data; boundary=application/json', 'x/application/json'])
        expect([type, (await grace.fetch('/api/auth/session', { method: 'POST', body, headers: { 'content-type': type } })).status]).toEqual([type, 415])
      for (const csrfToken of [undefined, '', 'wrong', ['x'], 'a'.repeat(64)]) expect((await grace.post('/api/auth/session', { csrfToken, data: { nickname: 'x' } })).status).toBe(403)
      expect((await grace.session())?.nickname).toBe('')
    },
  },
]
