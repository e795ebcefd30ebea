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

/** `NODE_OPTIONS` that load a file of ./codec before the app. */
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

/** How often a process has deciphered so far, by node:crypto and by WebCrypto. */
async function askProbe({ pid, log }: Running): Promise<{ decipher: number, subtle: number }> {
  const list = () => [...log().matchAll(/probe \d+ (\{[^}]*\})/g)]
  const before = list().length
  process.kill(pid, 'SIGUSR2')
  await vi.waitFor(() => expect(list().length).toBe(before + 1), { timeout: 10_000, interval: 20 })
  return JSON.parse(list().at(-1)?.[1] ?? '') as { decipher: number, subtle: number }
}

/** Calls that `run` causes in a process. */
async function countCalls(server: Running, run: () => Promise<unknown>) {
  const before = await askProbe(server)
  await run()
  const after = await askProbe(server)
  return { decipher: after.decipher - before.decipher, subtle: after.subtle - before.subtle }
}

/** Tokens of which none opens: without the key, and with it, but with a padding that is none. */
function toRefused(sealed: string) {
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256CBC-HS512', kid: toKid(secret, cookieName) })).toString('base64url')
  const unpadded = seal({ secret, salt: cookieName, header, iv: Buffer.alloc(16, 7), plaintext: Buffer.alloc(16), isPadded: true })
  const cut = (token: string) => token.slice(0, token.lastIndexOf('.'))
  return { forged: [sealed, unpadded].map(token => `${cut(token)}.${'A'.repeat(43)}`), unpadded }
}

const refusal = '[nuxt-authjs] session refused {"reason":"the cookie holds no valid token"}'

/** All that somebody sees of a refusal at five doors: the answers but their times, and what they left in the log. */
async function observe({ origin, log }: Running, token: string): Promise<unknown> {
  const getLines = () => log().split('\n').filter(line => line !== '' && !line.startsWith('probe '))
  const before = getLines().length
  const answers = await mapSerial(['/api/auth/session', '/api/admin', '/api/ruled', '/admin', '/'], async (path) => {
    const response = await fetch(origin + path, { redirect: 'manual', headers: { cookie: `${cookieName}=${token}` } })
    return { status: response.status, headers: [...response.headers].filter(([name]) => name !== 'date'), body: (await response.text()).replace(/\b1\d{12}\b/g, 'now') }
  })
  // The log comes by a pipe of its own.
  await vi.waitFor(() => expect(getLines().length).toBeGreaterThanOrEqual(before + answers.length), { timeout: 10_000, interval: 20 })
  return { answers, lines: getLines().slice(before) }
}

describe.each([['node:crypto', () => node], ['jose', () => jose]])('an app with %s', (name, getArena) => {
  const isNode = name === 'node:crypto'

  it('opens its sessions with that alone', async () => {
    const { main } = getArena()
    const sealed = await mapSerial(Array.from({ length: 10 }), async () => await encode({ token: { name: 'Ada', sub: '1', uid: '1', role: 'admin' }, secret, salt: cookieName }))
    // The first sign-in derives the key.
    await signedIn(main)
    const calls = await countCalls(main, () => mapSerial(sealed, async (token) => {
      const response = await fetch(`${main.origin}/api/auth/session`, { headers: { cookie: `${cookieName}=${token}` } })
      expect(await response.json()).toMatchObject({ uid: '1' })
    }))
    expect(calls).toEqual(isNode ? { decipher: 10, subtle: 0 } : { decipher: 0, subtle: 10 })
  })

  it('JWE-01 never deciphers a forged token, and never says what was wrong with one', async () => {
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
  it(`INP-07 never fails, hangs, leaks, leads away or lets in, for ${count} random requests`, { timeout: 600_000 }, async () => {
    await fuzz(jose.main, count, Number(process.env.SEED ?? 20261121))
    expect(jose.main.log()).not.toMatch(/CANARY-|unhandledRejection|uncaughtException/)
  })

  it('has never been with it', async () => {
    expect(await askProbe(jose.main)).toMatchObject({ decipher: 0 })
  })
})
