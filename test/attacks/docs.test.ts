import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getServerEntry, secret } from '../e2e/app'
import { toConfig, writeApp } from '../e2e/temporary'
import { toSamples } from '../docs/apps'
import { listBlocks, readPage } from '../docs/pages'
import { buildApp } from './build'
import { Client, mapSerial } from './client'
import { sendRaw } from './raw'
import { getCpuTime, openArena } from './server'
import type { Arena } from './server'

/** The samples exactly as the docs print them, and an account. */
const samples = ['docs/passwords.md', 'docs/deploy.md'].flatMap(name => toSamples(listBlocks(readPage(name))))
const files = Object.fromEntries(['server/accounts.ts', 'server/network.ts', 'server/middleware/limit.ts', 'server/middleware/00.hosts.ts', 'server/auth.ts'].map((file) => {
  const sample = samples.find(sample => sample.file === file)
  if (!sample) throw new Error(`no sample is ${file}`)
  // Only an app with several hosts has a list of them.
  return [file, file.includes('hosts') ? sample.code.replace('if (!hosts', 'if (process.env.TENANTS && !hosts') : sample.code]
}))

await buildApp(writeApp({
  'nuxt.config.ts': toConfig(),
  'app.vue': '<template><p>page</p></template>',
  'server/plugins/account.ts': 'import { addAccount } from \'../accounts\'\n\nexport default defineNitroPlugin(() => void addAccount(\'1\', \'ada\', \'lovelace\'))',
  'server/api/network.get.ts': 'import { toNetwork } from \'../network\'\n\nexport default defineEventHandler(event => toNetwork(String(getQuery(event).address)))',
  ...files,
}))
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

describe('the samples in the docs', () => {
  it('sign in a user with the right password', async () => {
    const client = new Client(arena.main)
    await client.signIn('ada', 'lovelace')
    expect(await client.session()).toMatchObject({ user: { name: 'ada' } })
  })

  it('TIM-03 never allow more than ten of a hundred simultaneous password attempts', async () => {
    const server = await arena.start({ AUTH_SECRET: secret, AUTH_URL: 'itself', FRESH: '1' })
    const client = new Client(server)
    await client.csrf()
    const statuses = await Promise.all(Array.from({ length: 100 }, async (_, index) => (await client.post('/api/auth/callback/credentials', { name: 'ada', password: `guess${index}` }, { 'x-auth-return-redirect': '1', 'x-forwarded-for': `10.0.0.${index}` })).status))
    expect([statuses.filter(status => status === 401).length, statuses.filter(status => status === 429).length]).toEqual([10, 90])
    for (const path of ['/api/auth/./callback/credentials', '/api/auth/callback/x/../credentials', '/api/auth/%63allback/credentials', '/api/auth//callback/credentials', '/API/auth/callback/credentials']) expect([path, (await sendRaw(server.origin, path, { method: 'POST', headers: [['content-type', 'application/json']], body: '{}' })).status]).not.toEqual([path, 400])
  })

  it('HST-09 never count one network twice, whatever notation its address has', async () => {
    const networks = async (addresses: string[]) => [...new Set(await mapSerial(addresses, async address => await (await fetch(`${arena.main.origin}/api/network?${new URLSearchParams({ address })}`)).text()))]
    expect(await networks(['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107', '0xcb.0.113.7', '203.0.28935'])).toEqual(['203.0.113.7'])
    expect(await networks(['2001:db8::1', '2001:0db8:0:0:ffff::', '2001:DB8:0:0:1:2:3:4', '2001:db8::1%eth0'])).toEqual(['2001:db8:0:0'])
    expect(await networks(['2001:db8:0:1::1', '2001:db8::1'])).toHaveLength(2)
    const proxied = await arena.start({ AUTH_SECRET: secret, AUTH_URL: 'itself', BEHIND_PROXY: '1' })
    const client = new Client(proxied)
    const statuses = await mapSerial(Array.from({ length: 12 }, (_, index) => index), async index => (await client.post('/api/auth/callback/credentials', { name: 'ada', password: 'x' }, { 'x-auth-return-redirect': '1', 'x-forwarded-for': `10.0.0.${index}, 198.51.100.1` })).status)
    expect(statuses.slice(9)).toEqual([401, 429, 429])
  })

  it('TIM-01 never check an unknown name faster than a wrong password', { timeout: 120_000 }, async () => {
    const server = await arena.start({ AUTH_SECRET: secret, AUTH_URL: 'itself', BEHIND_PROXY: '1', TIMING: '1' })
    const client = new Client(server)
    await client.csrf()
    let sent = 0
    const measure = async (name: string) => {
      const before = getCpuTime(server.pid)
      for (let round = 0; round < 20; round++, sent++) await client.post('/api/auth/callback/credentials', { name, password: 'wrong' }, { 'x-auth-return-redirect': '1', 'x-forwarded-for': `10.1.${sent >> 8}.${sent & 255}` })
      return getCpuTime(server.pid) - before
    }
    await measure('ada')
    const times = await mapSerial(Array.from({ length: 5 }), async () => [await measure('ada'), await measure('nobody')] as const)
    const sum = (at: 0 | 1) => times.reduce((total, pair) => total + pair[at], 0)
    // CPU time summed over a hundred requests each is independent of other load on the machine.
    expect(sum(0)).toBeGreaterThan(1000)
    expect(Math.abs(sum(0) / sum(1) - 1)).toBeLessThan(0.1)
  })

  it('HST-05 answer 400 on a host that is not listed, and 200 on one that is', async () => {
    const server = await arena.start({ AUTH_SECRET: secret, AUTH_TRUST_HOST: 'true', TENANTS: '1' })
    const ask = async (host: string, path: string, name = 'x-forwarded-host') => (await sendRaw(server.origin, path, { headers: [[name, host]] })).status
    for (const path of ['/api/auth/providers', '/api/auth/session', '/']) {
      expect([await ask('one.app.example', path), await ask('evil.example', path), await ask('evil.example', path, 'host'), await ask('one.app.example.evil.example', path), await ask('one.app.example, evil.example', path)]).toEqual([200, 400, 400, 400, 200])
    }
  })
})
