import { fileURLToPath } from 'node:url'
import { encode } from '@auth/core/jwt'
import { setup } from '@nuxt/test-utils/e2e'
import Redis from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { getServerEntry, secret } from '../e2e/app'
import { startProvider } from '../e2e/rotating-provider.mjs'
import { startInstance } from './instances'
import type { Instance } from './instances'
import { startProxy } from './proxy'
import type { Weather } from './proxy'
import { startRedis } from './redis'

const server = await startRedis()
const proxy = await startProxy(server.port)
const provider = await startProvider()
const client = new Redis(server.port)
client.on('error', () => {})

// The URL is set at build time, as in an app's nuxt.config.
process.env.TEST_REDIS_URL = `redis://127.0.0.1:${proxy.port}`
await setup({ rootDir: fileURLToPath(new URL('../fixtures/refresh', import.meta.url)), server: false })

/** Number of sessions that race, with 50 requests each: `ROUNDS=1000` for the documented figure. */
const rounds = Number(process.env.ROUNDS ?? 100)
const parallel = 50
const name = 'authjs.session-token'
let instances: Instance[] = []

const start = () => startInstance(getServerEntry(), { AUTH_SECRET: secret, AUTH_URL: 'http://127.0.0.1:3000', TEST_PROVIDER_URL: provider.url })

beforeAll(async () => {
  instances = await Promise.all([start(), start(), start(), start()])
})
beforeEach(() => void provider.reset())
afterEach(() => {
  for (const { output } of instances) {
    expect(output).not.toMatch(/unhandledRejection|UnhandledPromise/)
    // LOG-01: no token is logged, regardless of the error.
    expect(output).not.toMatch(/(?:access|refresh)-[\da-f]{8}-/)
  }
})
afterAll(async () => {
  await Promise.all(instances.map(instance => instance.kill()))
  client.disconnect()
  await Promise.all([provider.close(), proxy.close()])
  await server.remove()
})

/** The cookie of a session whose access token expires in `lifetime` seconds. */
async function createCookie(lifetime = 0): Promise<string> {
  const { access_token: accessToken, refresh_token: refreshToken, expires_at: expiresAt } = provider.createFamily(lifetime)
  const token = { sub: '1', name: 'Ada', sid: crypto.randomUUID(), provider: 'idp', accessToken, refreshToken, expiresAt }
  return `${name}=${await encode({ token, secret, salt: name })}`
}

const ask = (instance: Instance, cookie: string, path = '/api/reports') => fetch(instance.url + path, { headers: { cookie }, redirect: 'manual' })
const toPair = (response: Response) => response.headers.getSetCookie().find(cookie => cookie.startsWith(name))?.split(';')[0] ?? ''

describe('four processes with one Redis', () => {
  it(`REF-03 never refresh twice, for ${rounds} sessions of ${parallel} requests each`, { timeout: 900_000 }, async () => {
    const before = Date.now()
    for (let round = 0; round < rounds; round++) {
      const cookie = await createCookie()
      const statuses = await Promise.all(Array.from({ length: parallel }, async (_, index) => (await ask(instances[index % instances.length]!, cookie)).status))
      expect(new Set(statuses)).toEqual(new Set([200]))
    }
    console.warn(`${rounds} x ${parallel} on ${instances.length} processes: ${provider.seen.calls} calls, ${provider.seen.reuses} reuses, ${Date.now() - before} ms`)
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([rounds, 0])
  })

  it('CON-03 use each other\'s refreshes, also for an older cookie', async () => {
    const [one, two] = instances as [Instance, Instance]
    const cookie = await createCookie()
    const first = await ask(one, cookie)
    for (const response of [await ask(two, cookie), await ask(two, toPair(first)), await ask(one, toPair(await ask(two, cookie)))]) expect(response.status).toBe(200)
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([1, 0])
  })

  it('REF-10 ADP-06 never store plaintext or entries without an expiry in Redis', async () => {
    await client.flushall()
    await ask(instances[0]!, await createCookie())
    const keys = await client.keys('*')
    expect(keys).toEqual([expect.stringMatching(/^app:refresh:[\da-f]{64}$/)])
    expect(await client.get(keys[0]!)).toMatch(/^ey[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(await client.ttl(keys[0]!)).toBeLessThanOrEqual(60)
    expect(await client.ttl(keys[0]!)).toBeGreaterThanOrEqual(30)
  })
})

describe('REF-04 a process that is killed during a refresh', () => {
  it.each([
    ['before the provider has seen it: the next one refreshes', 'timeout', 200, 0],
    ['after the provider has rotated: used twice, once, and a sign-in away from good', 500, 401, 1],
  ] as const)('%s', async (_, fault, status, reuses) => {
    const cookie = await createCookie()
    const victim = await start()
    provider.fault = fault
    const lost = ask(victim, cookie).catch(() => undefined)
    await expect.poll(() => provider.seen.calls, { timeout: 5000 }).toBe(1)
    await victim.kill()
    await lost
    provider.fault = undefined
    const before = Date.now()
    const responses = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(instances[index % instances.length]!, cookie)))
    expect(responses.map(response => response.status)).toEqual(responses.map(() => status))
    expect(Date.now() - before).toBeLessThan(11_000)
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([2, reuses])
  })
})

describe('a Redis that fails, under load', () => {
  /** Sends requests the whole time, and collects their results and durations in order. */
  function load(cookie: string) {
    const answers: { url: string, path: string, status: number, retryAfter: string | null, isCookie: boolean, milliseconds: number }[] = []
    let isOver = false
    const worker = async (instance: Instance, path: string, sent: string) => {
      while (!isOver) {
        const before = Date.now()
        const response = await ask(instance, sent, path)
        await response.text()
        answers.push({ url: instance.url, path: sent ? path : 'stranger', status: response.status, retryAfter: response.headers.get('retry-after'), isCookie: response.headers.getSetCookie().length > 0, milliseconds: Date.now() - before })
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    }
    const workers = instances.flatMap(instance => [worker(instance, '/api/reports', cookie), worker(instance, '/api/me', cookie), worker(instance, '/api/me', '')])
    return { answers, end: async () => {
      isOver = true
      await Promise.all(workers)
    } }
  }

  const weathers: [string, () => unknown, () => unknown][] = [
    ...(['refuse', 'black', 'garbage', 5000] as Weather[]).map((weather): [string, () => unknown, () => unknown] => [`ADP-01 ${weather}`, () => proxy.weather = weather, () => proxy.weather = 'fair']),
    ['ADP-01 frozen', () => server.freeze(), () => server.thaw()],
    ['ADP-13 killed', () => server.kill(), () => server.start()],
  ]

  it.each(weathers)('%s never ends a session: tokens are 503 in time, and recover within 5 seconds', { timeout: 60_000 }, async (_, begin, end) => {
    const cookie = await createCookie()
    await begin()
    const { answers, end: stop } = load(cookie)
    await new Promise(resolve => setTimeout(resolve, 4500))
    const during = answers.splice(0)
    await end()
    const over = Date.now()
    await expect.poll(() => new Set(answers.filter(({ path, status }) => path === '/api/reports' && status === 200).map(({ url }) => url)).size, { timeout: 5000 }).toBe(instances.length)
    const recovery = Date.now() - over
    await stop()
    console.warn(`recovery ${recovery} ms, longest answer ${Math.max(...during.map(({ milliseconds }) => milliseconds))} ms, ${during.length} answers during the fault`)
    const of = (path: string) => during.filter(answer => answer.path === path)
    expect(new Set(of('/api/reports').map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 5']))
    expect(new Set(of('/api/me').map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set([...during, ...answers].filter(({ path }) => path === 'stranger').map(({ status }) => status))).toEqual(new Set([401]))
    expect(during.filter(({ isCookie }) => isCookie)).toEqual([])
    expect(Math.max(...during.map(({ milliseconds }) => milliseconds))).toBeLessThan(3000)
    expect(provider.seen.calls).toBe(1)
    expect(instances.every(({ isRunning }) => isRunning)).toBe(true)
  })
})
