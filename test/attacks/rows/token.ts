import { encode as sealByCore } from '@auth/core/jwt'
import { expect } from 'vitest'
import { secret } from '../../e2e/app'
import type { Attack } from '../attack'
import { Client, cookieName, mapSerial, signedIn } from '../client'
import { toMutants } from '../mutants'
import { sendRaw } from '../raw'
import { claims, seal, sealDue } from '../seal'
import { getCpuTime, getMemory } from '../server'
import type { Running } from '../server'

const now = () => Math.floor(Date.now() / 1000)

/** Resolves with the guarded paths that a cookie gives access to. */
async function tryDoors({ origin }: Running, cookie: string, headers: [string, string][] = []): Promise<string[]> {
  const answers = await mapSerial(['/api/auth/session', '/api/admin', '/api/ruled', '/admin'], async path => ({ path, ...await sendRaw(origin, path, { headers: [...cookie === '' ? [] : [['cookie', cookie] as [string, string]], ...headers] }) }))
  for (const { path, status } of answers) expect([path, status < 500], `${path} → ${status}`).toEqual([path, true])
  return answers.filter(({ path, status, body }) => path.endsWith('session') ? status === 200 && !/^(?:\w+\r\n)?null/.test(body) : status === 200 || body.includes('ADMIN-MARKER')).map(({ path }) => path)
}

const all = ['/api/auth/session', '/api/admin', '/api/ruled', '/admin']

export const token: Attack[] = [
  {
    row: 'JWE-01',
    promise: 'never accepts a forged or altered token on any route, and clears it',
    async run({ main }) {
      const sealed = (await signedIn(main)).sealed()
      expect(await tryDoors(main, `${cookieName}=${sealed}`)).toEqual(all)
      const mutants = Object.entries(await toMutants({ token: sealed, secret, salt: cookieName }))
      expect(mutants.length).toBeGreaterThanOrEqual(69)
      await mapSerial(mutants, async ([name, mutant]) => {
        expect(await tryDoors(main, `${cookieName}=${mutant}`), name).toEqual([])
        const { head } = await sendRaw(main.origin, '/api/auth/session', { headers: [['cookie', `${cookieName}=${mutant}`]] })
        expect(head, name).toMatch(new RegExp(`^set-cookie: ${cookieName}=; Max-Age=0`, 'im'))
      })
    },
  },
  {
    row: 'JWE-01',
    promise: 'never spends more than 20 ms of CPU time on a forged token',
    async run({ main }) {
      const sealed = (await signedIn(main)).sealed()
      const measure = async (value: string, times = 20) => {
        const before = getCpuTime(main.pid)
        for (let round = 0; round < times; round++) await (await fetch(`${main.origin}/api/auth/session`, { headers: { cookie: `${cookieName}=${value}` } })).text()
        return (getCpuTime(main.pid) - before) / times
      }
      await measure(sealed, 100)
      const costs = await mapSerial(Object.entries(await toMutants({ token: sealed, secret, salt: cookieName })), async ([name, mutant]) => ({ name, cost: await measure(mutant) }))
      expect(costs.filter(({ cost }) => cost > 20)).toEqual([])
    },
  },
  {
    row: 'JWE-02',
    promise: 'never accepts a token from another secret, another cookie or another app',
    async run({ main }) {
      for (const salt of [`__Host-${cookieName}`, `__Secure-${cookieName}`, 'next-auth.session-token', 'authjs.session-token.0', '']) expect(await tryDoors(main, `${cookieName}=${await sealByCore({ token: claims, secret, salt })}`), salt).toEqual([])
      for (const key of [`${secret}x`, secret.slice(1), secret.toLowerCase(), 'secret', '']) expect(await tryDoors(main, `${cookieName}=${await sealByCore({ token: claims, secret: key || ' ', salt: cookieName })}`), key).toEqual([])
    },
  },
  {
    row: 'JWE-03',
    promise: 'accepts tokens of an older secret while it is configured, re-issues them with the newer one, and never accepts them after',
    async run({ start }) {
      const older = 'older-secret-0123456789-abcdefghijklmnop'
      const rotating = await start({ AUTH_SECRET: older, AUTH_SECRET_1: secret, AUTH_URL: 'itself' })
      const client = new Client(rotating)
      client.cookies.set(cookieName, await sealDue(older))
      expect((await client.session())?.uid).toBe('1')
      const updated = new Client(rotating)
      updated.cookies.set(cookieName, await sealByCore({ token: claims, secret: older, salt: cookieName }))
      await updated.post('/api/auth/session', { data: { nickname: 'new' } })
      const rotated = await start({ AUTH_SECRET: secret, AUTH_URL: 'itself', AFTER: 'rotation' })
      for (const sealed of [client.sealed(), updated.sealed()]) expect(await tryDoors(rotated, `${cookieName}=${sealed}`)).toEqual(all)
      expect(await tryDoors(rotated, `${cookieName}=${await sealByCore({ token: claims, secret: older, salt: cookieName })}`)).toEqual([])
    },
  },
  {
    row: 'JWE-04',
    promise: 'never accepts an expired or not yet valid token beyond a tolerance of 15 seconds',
    async run({ main }) {
      const times = [{ exp: now() - 10 }, { exp: now() - 16 }, { exp: now() - 3600 }, { exp: 0 }, { exp: -1 }, { exp: now() + 3600, nbf: now() + 3600 }, { exp: now() + 3600, nbf: now() + 300 }]
      for (const time of times) expect(await tryDoors(main, `${cookieName}=${await seal(time)}`), JSON.stringify(time)).toEqual([])
      for (const time of [{ exp: now() + 60, iat: now() }, { exp: now() + 3600, iat: now() + 3600 }, { exp: now() + 60, iat: now(), nbf: now() + 5 }]) expect(await tryDoors(main, `${cookieName}=${await seal(time)}`), JSON.stringify(time)).toEqual(all)
      for (const exp of ['never', '9999999999', [], {}, null, true] as unknown as number[]) expect(await tryDoors(main, `${cookieName}=${await seal({ exp })}`), JSON.stringify(exp)).toEqual([])
    },
  },
  {
    row: 'JWE-05',
    promise: 'never spends time or memory on a parser bomb in a token',
    async run({ main }) {
      const header = (text: string) => Buffer.from(text).toString('base64url')
      const bombs = [`${header('['.repeat(7000))}....`, `${header(`{"alg":"dir","enc":"A256CBC-HS512","crit":[${'1,'.repeat(3000)}1]}`)}....`, 'x'.repeat(12_000), '.'.repeat(12_000), `${header('{"alg":"dir","enc":"A256CBC-HS512"}')}..${'A'.repeat(22)}.${'A'.repeat(10_000)}.${'A'.repeat(43)}`]
      await tryDoors(main, `${cookieName}=x`)
      const before = [getCpuTime(main.pid), getMemory(main.pid)] as const
      for (let round = 0; round < 20; round++) {
        for (const bomb of bombs) expect((await sendRaw(main.origin, '/api/auth/session', { headers: [['cookie', `${cookieName}=${bomb}`]] })).status).toBeLessThan(500)
      }
      expect((getCpuTime(main.pid) - before[0]) / 100).toBeLessThan(20)
      expect(getMemory(main.pid) - before[1]).toBeLessThan(60)
      expect([431, 200]).toContain((await sendRaw(main.origin, '/api/auth/session', { headers: [['cookie', `${cookieName}=${'x'.repeat(60_000)}`]] })).status)
    },
  },
  {
    row: 'JWE-14',
    promise: 'never accepts another Auth.js cookie as a session',
    async run({ main }) {
      const client = await signedIn(main)
      await client.submit('/api/auth/signin/github', {})
      const others = [...client.cookies].filter(([name]) => name !== cookieName)
      expect(others.length).toBeGreaterThan(2)
      for (const [name, value] of others) expect(await tryDoors(main, `${cookieName}=${value}`), name).toEqual([])
      for (const salt of ['authjs.state', 'authjs.pkce.code_verifier', 'authjs.nonce', 'authjs.csrf-token', 'authjs.callback-url', 'authjs.challenge']) expect(await tryDoors(main, `${cookieName}=${await sealByCore({ token: claims, secret, salt })}`), salt).toEqual([])
    },
  },
  {
    row: 'JWE-15',
    promise: 'never reads a token from anywhere but its cookie',
    async run({ main }) {
      const sealed = (await signedIn(main)).sealed()
      for (const headers of [['authorization', `Bearer ${sealed}`], ['authorization', sealed], ['x-session-token', sealed], ['x-auth-token', sealed], ['cookie2', `${cookieName}=${sealed}`]] as [string, string][]) expect(await tryDoors(main, '', [headers]), headers[0]).toEqual([])
      const { body } = await sendRaw(main.origin, `/api/admin?${cookieName}=${sealed}&token=${sealed}&session=${sealed}`)
      expect(body).not.toContain('ADMIN-MARKER')
    },
  },
]
