import Redis from 'ioredis'
import redisDriver from 'unstorage/drivers/redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Driver } from '../../src/runtime/server/store/driver'
import { createStore } from '../../src/runtime/server/store/store'
import type { Store } from '../../src/runtime/server/store/store'
import { startFaults } from './faults'
import type { Faults } from './faults'
import { startProxy } from './proxy'
import type { Proxy, Weather } from './proxy'
import { startRedis } from './redis'
import type { Redis as Server } from './redis'

let server: Server
let proxy: Proxy
let client: Redis
const clients: { dispose: () => void }[] = []

/** The store of one instance, with a separate connection. */
function createInstance(port = server.port): Store {
  const driver = redisDriver({ host: '127.0.0.1', port, base: 'app' })
  clients.push({ dispose: () => void driver.dispose?.() })
  return createStore(driver as Driver, 'auth:')
}

beforeAll(async () => {
  server = await startRedis()
  proxy = await startProxy(server.port)
  client = new Redis(server.port)
  client.on('error', () => {})
})
afterAll(async () => {
  client.disconnect()
  await proxy.close()
  await server.remove()
})
beforeEach(() => client.flushall() as Promise<unknown> as Promise<void>)
afterEach(() => {
  for (const { dispose } of clients.splice(0)) dispose()
})

describe('a store in Redis, used by two instances', () => {
  it('lets exactly one of all parallel calls set a missing key, and one remove it', async () => {
    const instances = [createInstance(), createInstance()]
    const race = <T>(run: (store: Store, index: number) => Promise<T>) => Promise.all(Array.from({ length: 20 }, (_, index) => run(instances[index % 2]!, index)))
    for (let round = 0; round < 200; round++) {
      const won = await race((store, index) => store.setIfAbsent(`x:${round}`, String(index), { ttl: 10 }))
      expect(won.filter(Boolean)).toHaveLength(1)
      const value = String(won.indexOf(true))
      expect(await instances[1]!.removeIf(`x:${round}`, 'another')).toBe(false)
      expect((await race(store => store.removeIf(`x:${round}`, value))).filter(Boolean)).toHaveLength(1)
    }
  })

  it('ADP-06 never keeps an entry without an expiry, and removes 1 000 entries after theirs, below the driver\'s base', async () => {
    const store = createInstance()
    await Promise.all(Array.from({ length: 1000 }, (_, index) => store.set(`x:${index}`, 'value', { ttl: 1 })))
    await store.setIfAbsent('y:1', 'value', { ttl: 100 })
    const keys = await client.keys('*')
    expect(keys).toHaveLength(1001)
    expect(keys.filter(key => !/^app:[xy]:[\da-f]{64}$/.test(key))).toEqual([])
    expect((await Promise.all(keys.map(key => client.pttl(key)))).filter(ttl => ttl <= 0)).toEqual([])
    await expect.poll(() => client.dbsize(), { timeout: 5000 }).toBe(1)
  })
})

describe('ADP-01 a store that does not respond', () => {
  const timed = async (run: () => Promise<unknown>) => {
    const start = Date.now()
    const error = await run().then(() => undefined, (error: unknown) => error as { code?: string })
    return { code: error?.code, milliseconds: Date.now() - start }
  }

  /** Expects every operation to fail in time during the fault, and to work within 5 seconds after it. */
  async function survive(store: Store, begin: () => unknown, end: () => unknown): Promise<number> {
    await store.set('x:1', 'value', { ttl: 100 })
    await begin()
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all([() => store.get('x:1'), () => store.set('x:2', 'v', { ttl: 9 }), () => store.setIfAbsent('lock:1', 'me', { ttl: 10 }), () => store.removeIf('x:3', 'v')].map(timed))
      expect(results.map(({ code }) => code)).toEqual(results.map(() => 'AUTH_R010'))
      expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(2300)
    }
    await end()
    const start = Date.now()
    await expect.poll(() => store.get('x:4').then(() => true, () => false), { timeout: 6000, interval: 100 }).toBe(true)
    const recovery = Date.now() - start
    expect(recovery).toBeLessThan(5000)
    // Operations from during the fault must not run afterwards: a lock without an owner would block all callers.
    await expect.poll(() => store.setIfAbsent('lock:1', 'next', { ttl: 10 }), { timeout: 3000 }).toBe(true)
    return recovery
  }

  it.each(['refuse', 'black', 'garbage', 'drip', 5000] as Weather[])('%s: fails in 2 seconds, and works again within 5', async (weather) => {
    proxy.weather = 'fair'
    const recovery = await survive(createInstance(proxy.port), () => proxy.weather = weather, () => proxy.weather = 'fair')
    console.warn(`recovery after ${weather}: ${recovery} ms`)
  })

  it('frozen and thawed: fails in 2 seconds, and works again within 5', async () => {
    const recovery = await survive(createInstance(), () => server.freeze(), () => server.thaw())
    console.warn(`recovery after a freeze: ${recovery} ms`)
  })

  it('ADP-13 killed and restarted: fails in 2 seconds, and works again within 5', async () => {
    const recovery = await survive(createInstance(), () => server.kill(), () => server.start())
    console.warn(`recovery after a kill: ${recovery} ms`)
  })

  describe('never leaves a lock behind that blocks all callers', () => {
    let faults: Faults
    beforeEach(async () => {
      faults = await startFaults(server.port)
    })
    afterEach(() => faults.close())

    it('whose owner never got the response, because the connection broke', async () => {
      const store = createInstance(faults.port)
      await store.get('x:1')
      faults.set('blackhole')
      const attempt = store.setIfAbsent('lock:1', 'me', { ttl: 30 })
      await expect.poll(() => client.dbsize(), { interval: 10 }).toBe(1)
      faults.set('pass')
      expect(await attempt).toBe(true)
      expect(await createInstance().setIfAbsent('lock:1', 'next', { ttl: 30 })).toBe(false)
    })

    it('that could not be released during the outage', async () => {
      const store = createInstance(faults.port)
      expect(await store.setIfAbsent('lock:1', 'me', { ttl: 30 })).toBe(true)
      faults.set('refuse')
      for (const run of [() => store.get('x:1'), () => store.removeIf('lock:1', 'me')]) expect(await timed(run)).toMatchObject({ code: 'AUTH_R010' })
      faults.set('pass')
      await expect.poll(() => createInstance().setIfAbsent('lock:1', 'next', { ttl: 30 }), { timeout: 3000, interval: 100 }).toBe(true)
    })
  })

  it('unavailable at the start: fails in 2 seconds, and works again within 5', async () => {
    proxy.weather = 'black'
    const store = createInstance(proxy.port)
    expect(await timed(() => store.get('x:1'))).toMatchObject({ code: 'AUTH_R010' })
    proxy.weather = 'fair'
    await expect.poll(() => store.get('x:1').then(() => true, () => false), { timeout: 5000, interval: 100 }).toBe(true)
  })
})
