import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage } from 'unstorage'
import fs from 'unstorage/drivers/fs'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Driver } from '../../../../src/runtime/server/store/driver'
import { createDriverStore } from '../../../../src/runtime/server/store/driver'
import { createMemoryStore } from '../../../../src/runtime/server/store/memory'
import { createRedisStore } from '../../../../src/runtime/server/store/redis'
import { createStore, getStore } from '../../../../src/runtime/server/store/store'
import { storage } from '../../host'

const root = mkdtempSync(join(tmpdir(), 'store-'))
const base = join(root, 'auth')
afterAll(() => rmSync(root, { recursive: true }))

beforeEach(() => {
  rmSync(base, { recursive: true, force: true })
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  storage.current = createStorage()
})

// unstorage types what a driver may return more widely than what its own drivers return.
const toFsDriver = () => fs({ base }) as Driver
const listFiles = () => readdirSync(base, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })

describe.each([
  ['memory', () => createMemoryStore()],
  ['a driver', () => createStore(toFsDriver(), 'auth:')],
])('a store in %s', (_, create) => {
  it('keeps a value until its end, and no longer', async () => {
    const store = create()
    expect(await store.get('x:1')).toBeNull()
    await store.set('x:1', 'one', { ttl: 10 })
    await store.set('x:1', 'two', { ttl: 10 })
    pass(9)
    expect(await store.get('x:1')).toBe('two')
    pass(2)
    expect(await store.get('x:1')).toBeNull()
    expect(await store.take('x:1')).toBeNull()
  })

  it('reads several at once, in order, and nothing that has ended', async () => {
    const store = create()
    await store.set('x:1', 'one', { ttl: 10 })
    await store.set('y:2', 'two', { ttl: 5 })
    expect(await store.getMany(['y:2', 'x:0', 'x:1'])).toEqual(['two', null, 'one'])
    pass(6)
    expect(await store.getMany(['y:2', 'x:1'])).toEqual([null, 'one'])
  })

  it('has one winner of many who set what is not there', async () => {
    const store = create()
    const won = await Promise.all(Array.from({ length: 50 }, (_, index) => store.setIfAbsent('x:1', String(index), { ttl: 10 })))
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await store.get('x:1')).toBe(String(won.indexOf(true)))
    pass(11)
    expect(await store.setIfAbsent('x:1', 'next', { ttl: 10 })).toBe(true)
  })

  it('gives a value to one of many who take it', async () => {
    const store = create()
    await store.set('x:1', 'one', { ttl: 10 })
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.take('x:1')))
    expect(taken.filter(value => value !== null)).toEqual(['one'])
  })

  it('removes a value, and only the one that was meant', async () => {
    const store = create()
    await store.set('x:1', 'mine', { ttl: 10 })
    expect(await store.removeIf('x:1', 'yours')).toBe(false)
    expect(await store.get('x:1')).toBe('mine')
    const removed = await Promise.all(Array.from({ length: 50 }, () => store.removeIf('x:1', 'mine')))
    expect(removed.filter(Boolean)).toHaveLength(1)
    await store.set('x:1', 'mine', { ttl: 10 })
    await store.remove('x:1')
    expect(await store.get('x:1')).toBeNull()
  })

  it('keeps kinds and ids apart', async () => {
    const store = create()
    await store.set('x:1', 'x', { ttl: 10 })
    await store.set('y:1', 'y', { ttl: 10 })
    expect([await store.get('x:1'), await store.get('y:1'), await store.get('x:11'), await store.get('x:')]).toEqual(['x', 'y', null, null])
  })
})

describe('the memory of a process', () => {
  it('ADP-06 is bounded, and forgets what has ended', async () => {
    const store = createMemoryStore(100)
    for (let index = 0; index < 1000; index++) await store.set(`x:${index}`, 'value', { ttl: 5 })
    expect(store.size).toBe(100)
    expect([await store.get('x:899'), await store.get('x:900')]).toEqual([null, 'value'])
    pass(61)
    await store.set('y:1', 'value', { ttl: 5 })
    expect(store.size).toBe(1)
  })

  it('REV-01 never drops an entry of one kind for one of another', async () => {
    const store = createMemoryStore(100)
    await store.set('revoked:1', '1', { ttl: 100 })
    for (let index = 0; index < 1000; index++) await store.set(`sessions:${index}`, 'value', { ttl: 100 })
    expect(await store.get('revoked:1')).toBe('1')
    expect([store.lostUntil('revoked'), store.lostUntil('sessions') > 0]).toEqual([0, true])
  })

  it('REV-01 never drops an entry of one owner for another one\'s, and says what it dropped', async () => {
    const store = createMemoryStore(1000)
    await store.set('revoked:first', '1', { ttl: 100, owner: 'ada' })
    for (let index = 0; index < 5000; index++) await store.set(`revoked:${index}`, '1', { ttl: 100, owner: 'eve' })
    expect(await store.get('revoked:first')).toBe('1')
    expect(store.size).toBe(101)
    const now = Math.floor(Date.now() / 1000)
    expect([store.lostUntil('revoked'), store.lostUntil('revoked', 'ada')]).toEqual([0, 0])
    expect(Math.abs(store.lostUntil('revoked', 'eve') - now)).toBeLessThan(5)
    // Nothing is left of an owner once all of it has expired.
    pass(161)
    await store.set('revoked:next', '1', { ttl: 100 })
    expect([store.size, store.lostUntil('revoked', 'eve')]).toEqual([1, 0])
  })

  it('REV-01 never wins a key twice: without room setIfAbsent is 503', async () => {
    const store = createMemoryStore(2)
    for (const id of ['a', 'b']) expect(await store.setIfAbsent(`challenge:${id}`, '1', { ttl: 10 })).toBe(true)
    await expect(store.setIfAbsent('challenge:c', '1', { ttl: 10 })).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
    expect(await store.setIfAbsent('challenge:a', '1', { ttl: 10 })).toBe(false)
    pass(11)
    expect(await store.setIfAbsent('challenge:c', '1', { ttl: 10 })).toBe(true)
  })

  it('takes no longer per entry where it is full', async () => {
    const store = createMemoryStore(20_000)
    const fill = async (from: number) => {
      const start = performance.now()
      for (let index = from; index < from + 20_000; index++) await store.set(`x:${index}`, '1', { ttl: 100 })
      return performance.now() - start
    }
    const empty = await fill(0)
    expect(await fill(20_000)).toBeLessThan(Math.max(200, empty * 20))
  })

  it('makes room of what has ended before it drops what has not', async () => {
    const store = createMemoryStore(3)
    await store.set('x:long', 'value', { ttl: 100 })
    for (const id of ['a', 'b']) await store.set(`x:${id}`, 'value', { ttl: 5 })
    pass(6)
    await store.set('x:c', 'value', { ttl: 100 })
    expect(await store.get('x:long')).toBe('value')
  })
})

describe('a driver without a clock', () => {
  it('ADP-06 clears away what has ended, and nothing else', async () => {
    const store = createDriverStore(toFsDriver(), 'auth:')
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.set(`x:${index}`, 'value', { ttl: 5 })))
    await toFsDriver().setItem?.('other:1', 'not ours', { ttl: 1 })
    expect(listFiles()).toHaveLength(101)
    pass(11 * 60)
    await store.set('x:new', 'value', { ttl: 5 })
    await expect.poll(listFiles).toHaveLength(2)
    expect(await store.get('x:new')).toBe('value')
  })

  it.each(['', '{', 'null', '[]', '"x"', '{"value":1,"expires":1e15}', '{"value":"x"}', '{"value":"x","expires":"never"}'])('REV-02 never takes %j for an entry, nor for none: what is damaged may have been a revocation', async (text) => {
    const store = createDriverStore({ getItem: () => text, getKeys: () => [] }, '')
    await expect(store.get('x:1')).rejects.toThrow('damaged')
    await expect(store.getMany(['x:1'])).rejects.toThrow('damaged')
    await expect(store.setIfAbsent('x:1', 'mine', { ttl: 10 })).rejects.toThrow('damaged')
  })

  it('reads entries that the driver has parsed already, or hands over as bytes', async () => {
    const entry = { value: 'x', expires: Date.now() + 1000 }
    for (const stored of [entry, JSON.stringify(entry), new TextEncoder().encode(JSON.stringify(entry))])
      expect(await createDriverStore({ getItem: () => stored, getKeys: () => [] }, '').get('x:1')).toBe('x')
  })

  it('goes on with a key after an operation on it has failed', async () => {
    const setItem = vi.fn().mockRejectedValueOnce(new Error('disk'))
    const store = createDriverStore({ getItem: () => null, setItem, getKeys: () => [] }, '')
    await expect(store.set('x:1', 'one', { ttl: 1 })).rejects.toThrow('disk')
    expect(await store.setIfAbsent('x:1', 'two', { ttl: 1 })).toBe(true)
  })
})

describe('a driver that reads several at once', () => {
  const getItem = vi.fn()
  const entry = (value: string) => JSON.stringify({ value, expires: Date.now() + 1000 })

  it('is asked once', async () => {
    const getItems = vi.fn((items: { key: string }[]) => items.map(({ key }) => ({ key, value: entry(key) })))
    expect(await createDriverStore({ getItem, getItems, getKeys: () => [] }, 'auth:').getMany(['x:1', 'x:2'])).toEqual(['auth:x:1', 'auth:x:2'])
    expect(getItems).toHaveBeenCalledOnce()
    expect(getItem).not.toHaveBeenCalled()
  })

  it.each([[[]], [[{ key: 'x:2', value: null }, { key: 'x:1', value: null }]]])('never takes an answer about other keys for one: %j', async (items) => {
    await expect(createDriverStore({ getItem, getItems: () => items, getKeys: () => [] }, '').getMany(['x:1', 'x:2'])).rejects.toThrow('other keys')
  })
})

describe('createStore', () => {
  it('REF-10 never shows an id in a key', async () => {
    await createStore(toFsDriver(), 'auth:').set('lock:CANARY', 'value', { ttl: 10 })
    const [file = '', ...others] = listFiles()
    expect(others).toEqual([])
    expect(file).toMatch(/auth\/lock\/[\da-f]{64}$/)
    expect(readFileSync(file, 'utf8')).not.toContain('CANARY')
  })

  it('ADP-01 gives up after 2 seconds, with 503', async () => {
    vi.useFakeTimers()
    const silent = { name: 'silent', getItem: () => new Promise(() => {}), setItem: () => new Promise(() => {}), getKeys: () => [] }
    const reading = createStore(silent, '').get('x:1').catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await reading).toMatchObject({ code: 'AUTH_R010', statusCode: 503, cause: { message: 'no answer within 2000 ms' } })
  })

  it('ADP-01 tells a failure of the driver as 503, cause included', async () => {
    const store = createStore({ name: 'broken', getItem: () => Promise.reject(new Error('disk')), getKeys: () => [] }, '')
    await expect(store.get('x:1')).rejects.toMatchObject({ code: 'AUTH_R010', cause: { message: 'disk' } })
  })

  it('never keeps a lock that was won after its taker had given up', async () => {
    vi.useFakeTimers()
    const stored = new Map<string, string>()
    let finish = () => {}
    const slow = {
      name: 'slow',
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => new Promise<void>(resolve => finish = () => resolve(void stored.set(key, value))),
      removeItem: (key: string) => stored.delete(key),
      getKeys: () => [],
    }
    const locking = createStore(slow, '').setIfAbsent('lock:1', 'me', { ttl: 10 }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await locking).toMatchObject({ code: 'AUTH_R010' })
    finish()
    await vi.advanceTimersByTimeAsync(0)
    expect(stored.size).toBe(0)
  })
})

describe('getStore', () => {
  it('is the memory of this process where nothing is mounted, without a word', () => {
    const store = getStore()
    expect(store.isShared).toBe(false)
    storage.current = createStorage()
    expect(getStore()).toBe(store)
    expect(console.warn).not.toHaveBeenCalled()
  })

  it('is what the app mounted, and warns once that this has no winner between instances', async () => {
    storage.current.mount('auth', fs({ base }))
    const store = getStore()
    expect(getStore()).toBe(store)
    expect(store.isShared).toBe(true)
    await store.set('x:1', 'value', { ttl: 10 })
    expect(await storage.current.getKeys('auth')).toEqual([expect.stringMatching(/^auth:x:[\da-f]{64}$/)])
    expect(console.warn).toHaveBeenCalledOnce()
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('AUTH_R012'))
  })

  it('is below `auth` where the root is mounted elsewhere', async () => {
    storage.current = createStorage({ driver: fs({ base }) })
    await getStore().set('x:1', 'value', { ttl: 10 })
    expect(listFiles()).toEqual([expect.stringMatching(/\/auth\/x\/[\da-f]{64}$/)])
  })
})

describe('Redis', () => {
  it('REV-02 reads several by commands that fail for a key of another type', async () => {
    const client = { status: 'ready', on: () => {}, get: (key: string) => key.includes('bad') ? Promise.reject(new Error('WRONGTYPE')) : Promise.resolve(key), mget: () => Promise.resolve([null, null]) }
    const store = createRedisStore({ name: 'redis', getInstance: () => client, getItem: () => null, getKeys: () => [] } as never, 'auth:', 1000)
    expect(await store.getMany(['x:1', 'x:2'])).toEqual(['auth:x:1', 'auth:x:2'])
    await expect(store.getMany(['x:1', 'x:bad'])).rejects.toThrow('WRONGTYPE')
  })
})
