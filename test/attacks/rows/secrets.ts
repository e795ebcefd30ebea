import { expect } from 'vitest'
import { secret } from '../../e2e/app'
import type { Attack } from '../attack'
import { Client, signedIn, toText } from '../client'
import { sendRaw } from '../raw'
import { getMemory } from '../server'

const AUTH_URL = 'https://app.example'

export const secrets: Attack[] = [
  {
    row: 'SEC-01, SEC-02',
    promise: 'never starts without a secret or with a weak one, and reports it in one line',
    async run({ start }) {
      const weak = ['', ' ', 'x', 'secret', '8charact', 'x'.repeat(64), '0'.repeat(32), secret.slice(0, 31)]
      for (const AUTH_SECRET of [undefined, ...weak]) {
        const server = await start({ AUTH_URL, ...(AUTH_SECRET !== undefined && { AUTH_SECRET }) })
        await server.ended()
        expect([AUTH_SECRET, server.code(), server.log().split('\n').filter(line => /AUTH_S00[12]/.test(line)).length]).toEqual([AUTH_SECRET, 1, 1])
        if (AUTH_SECRET && AUTH_SECRET.trim().length > 8) expect(server.log()).not.toContain(AUTH_SECRET)
      }
    },
  },
  {
    row: 'SEC-03',
    promise: 'ignores white space around a secret, and accepts several secrets for rotation',
    async run({ start, main }) {
      const padded = await start({ AUTH_SECRET: ` ${secret}\n`, AUTH_URL: 'itself' })
      const ada = await signedIn(main)
      expect(await (await fetch(`${padded.origin}/api/auth/session`, { headers: { cookie: ada.cookieHeader() } })).json()).toMatchObject({ uid: '1' })
      const rotating = await start({ AUTH_SECRET: `first-${'0123456789'.repeat(3)}`, AUTH_SECRET_1: secret, AUTH_SECRET_2: `third-${'0123456789'.repeat(3)}`, AUTH_URL: 'itself' })
      expect(await (await fetch(`${rotating.origin}/api/auth/session`, { headers: { cookie: ada.cookieHeader() } })).json()).toMatchObject({ uid: '1' })
    },
  },
  {
    row: 'SEC-05',
    promise: 'never changes its config or grows in memory after requests for a thousand hosts',
    async run({ start }) {
      const server = await start({ AUTH_SECRET: secret, AUTH_TRUST_HOST: 'true', THOUSAND: 'hosts' })
      const ask = async () => (await toText(await fetch(`${server.origin}/api/auth/providers`))).replace(/^date.*$/m, '')
      const before = [await ask(), getMemory(server.pid)] as const
      for (let index = 0; index < 1000; index++) {
        const { body } = await sendRaw(server.origin, '/api/auth/providers', { headers: [['host', `tenant-${index}.example`]] })
        expect(body).toContain(`http://tenant-${index}.example/api/auth/callback/github`)
      }
      expect(await ask()).toBe(before[0])
      expect(getMemory(server.pid) - before[1]).toBeLessThan(80)
      const client = new Client(server)
      await client.signIn()
      expect((await client.session())?.uid).toBe('1')
    },
  },
]
