import { encode } from '@auth/core/jwt'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { getServerEntry, secret } from '../e2e/app'
import { describeAttacks } from './attack'
import { attacks } from './attacks'
import { buildApp } from './build'
import { cookieName, mapSerial, signedIn } from './client'
import { seal, toKid } from './codec/seal'
import { fuzz } from './fuzz'
import { openArena } from './server'
import type { Arena, Running } from './server'

/** `NODE_OPTIONS` that preload a file of ./codec. */
const load = (...names: string[]) => ({ NODE_OPTIONS: names.map(name => `--import=${new URL(`./codec/${name}.mjs`, import.meta.url).href}`).join(' ') })

await buildApp('../fixtures/attacked')
let node: Arena
let jose: Arena
beforeAll(async () => {
  const entry = getServerEntry()
  node = await openArena(entry, load('probe'))
  jose = await openArena(entry, load('probe', 'without-node-crypto'))
})
afterAll(() => [node, jose].forEach(arena => arena.stop()))

/** How often a process has decrypted so far, with node:crypto and with WebCrypto. */
async function askProbe({ pid, log }: Running): Promise<{ decipher: number, subtle: number }> {
  const list = () => [...log().matchAll(/probe \d+ (\{[^}]*\})/g)]
  const before = list().length
  process.kill(pid, 'SIGUSR2')
  await vi.waitFor(() => expect(list().length).toBe(before + 1), { timeout: 10_000, interval: 20 })
  return JSON.parse(list().at(-1)?.[1] ?? '') as { decipher: number, subtle: number }
}

/** Counts the decryptions that `run` causes in a process. */
async function countCalls(server: Running, run: () => Promise<unknown>) {
  const before = await askProbe(server)
  await run()
  const after = await askProbe(server)
  return { decipher: after.decipher - before.decipher, subtle: after.subtle - before.subtle }
}

/** Invalid tokens: some forged without the key, and one with the key but with invalid padding. */
function toRefused(sealed: string) {
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256CBC-HS512', kid: toKid(secret, cookieName) })).toString('base64url')
  const unpadded = seal({ secret, salt: cookieName, header, iv: Buffer.alloc(16, 7), plaintext: Buffer.alloc(16), isPadded: true })
  const cut = (token: string) => token.slice(0, token.lastIndexOf('.'))
  return { forged: [sealed, unpadded].map(token => `${cut(token)}.${'A'.repeat(43)}`), unpadded }
}

const refusal = '[nuxt-authjs] session refused {"reason":"the cookie holds no valid token"}'

/** Everything observable about a refusal on five routes: the responses without their timestamps, and the log lines. */
async function observe({ origin, log }: Running, token: string): Promise<unknown> {
  const getLines = () => log().split('\n').filter(line => line !== '' && !line.startsWith('probe '))
  const before = getLines().length
  const answers = await mapSerial(['/api/auth/session', '/api/admin', '/api/ruled', '/admin', '/'], async (path) => {
    const response = await fetch(origin + path, { redirect: 'manual', headers: { cookie: `${cookieName}=${token}` } })
    return { status: response.status, headers: [...response.headers].filter(([name]) => name !== 'date'), body: (await response.text()).replace(/\b1\d{12}\b/g, 'now') }
  })
  // The log arrives through a separate pipe, possibly later.
  await vi.waitFor(() => expect(getLines().length).toBeGreaterThanOrEqual(before + answers.length), { timeout: 10_000, interval: 20 })
  return { answers, lines: getLines().slice(before) }
}

describe.each([['node:crypto', () => node], ['jose', () => jose]])('an app with %s', (name, getArena) => {
  const isNode = name === 'node:crypto'

  it('decrypts its sessions with that API only', async () => {
    const { main } = getArena()
    const sealed = await mapSerial(Array.from({ length: 10 }), async () => await encode({ token: { name: 'Ada', sub: '1', uid: '1', role: 'admin' }, secret, salt: cookieName }))
    // The first sign-in also derives the key.
    await signedIn(main)
    const calls = await countCalls(main, () => mapSerial(sealed, async (token) => {
      const response = await fetch(`${main.origin}/api/auth/session`, { headers: { cookie: `${cookieName}=${token}` } })
      expect(await response.json()).toMatchObject({ uid: '1' })
    }))
    expect(calls).toEqual(isNode ? { decipher: 10, subtle: 0 } : { decipher: 0, subtle: 10 })
  })

  it('JWE-01 never decrypts a forged token, and never reveals why it was refused', async () => {
    const { main } = getArena()
    const { forged, unpadded } = toRefused((await signedIn(main)).sealed())
    const calls = await countCalls(main, () => mapSerial(forged, token => observe(main, token)))
    expect(calls).toEqual({ decipher: 0, subtle: 0 })
    const [first, ...others] = await mapSerial([...forged, unpadded], token => observe(main, token))
    for (const other of others) expect(other).toEqual(first)
    expect(first).toMatchObject({ answers: [{ status: 200, body: 'null' }, { status: 401 }, { status: 401 }, { status: 302 }, { status: 200 }], lines: [refusal, refusal, refusal, refusal, refusal] })
  })
})

describe('without node:crypto', () => {
  for (const [section, list] of Object.entries(attacks)) describe(section, () => describeAttacks(list, () => jose))

  const count = Math.ceil(Number(process.env.COUNT ?? 100_000) / 20)
  it(`INP-07 never causes a server error, a hang, a leak, a foreign redirect or a sign-in, for ${count} random requests`, { timeout: 600_000 }, async () => {
    await fuzz(jose.main, count, Number(process.env.SEED ?? 20261121))
    expect(jose.main.log()).not.toMatch(/CANARY-|unhandledRejection|uncaughtException/)
  })

  it('never calls node:crypto', async () => {
    expect(await askProbe(jose.main)).toMatchObject({ decipher: 0 })
  })
})
