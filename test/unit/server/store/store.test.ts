import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage } from 'unstorage'
import fs from 'unstorage/drivers/fs'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Driver } from '../../../../src/runtime/server/store/driver'
import { createMemoryStore } from '../../../../src/runtime/server/store/memory'
import { createStore, getStore, warnUnshared } from '../../../../src/runtime/server/store/store'
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

// unstorage types the results of a driver more widely than its own drivers return.
const toFsDriver = () => fs({ base }) as Driver
const listFiles = () => readdirSync(base, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => join(entry.parentPath, entry.name))
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })

describe.each([
  ['memory', () => createMemoryStore()],
  ['a driver', () => createStore(toFsDriver(), 'auth:')],
])('a store in %s', (_, create) => {
  it('keeps a value until it expires', async () => {
    const store = create()
    expect(await store.get('x:1')).toBeNull()
    await store.set('x:1', 'one', { ttl: 10 })
    await store.set('x:1', 'two', { ttl: 10 })
    pass(9)
    expect(await store.get('x:1')).toBe('two')
    pass(2)
    expect(await store.get('x:1')).toBeNull()
  })

  it('reads several keys in order, and expired ones as missing', async () => {
    const store = create()
    await store.set('x:1', 'one', { ttl: 10 })
    await store.set('y:2', 'two', { ttl: 5 })
    expect(await store.getMany(['y:2', 'x:0', 'x:1'])).toEqual(['two', null, 'one'])
    pass(6)
    expect(await store.getMany(['y:2', 'x:1'])).toEqual([null, 'one'])
  })

  it('lets exactly one of many parallel calls set a missing key', async () => {
    const store = create()
    const won = await Promise.all(Array.from({ length: 50 }, (_, index) => store.setIfAbsent('x:1', String(index), { ttl: 10 })))
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await store.get('x:1')).toBe(String(won.indexOf(true)))
    pass(11)
    expect(await store.setIfAbsent('x:1', 'next', { ttl: 10 })).toBe(true)
  })

  it('removes a key if it holds the expected value, for exactly one of many parallel calls', async () => {
    const store = create()
    await store.set('x:1', 'mine', { ttl: 10 })
    expect(await store.removeIf('x:1', 'yours')).toBe(false)
    expect(await store.get('x:1')).toBe('mine')
    const removed = await Promise.all(Array.from({ length: 50 }, () => store.removeIf('x:1', 'mine')))
    expect(removed.filter(Boolean)).toHaveLength(1)
    expect(await store.get('x:1')).toBeNull()
  })

  it('keeps kinds and ids apart', async () => {
    const store = create()
    await store.set('x:1', 'x', { ttl: 10 })
    await store.set('y:1', 'y', { ttl: 10 })
    expect([await store.get('x:1'), await store.get('y:1'), await store.get('x:11'), await store.get('x:')]).toEqual(['x', 'y', null, null])
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

  it('ADP-01 fails with 503 after 2 seconds without an answer', async () => {
    vi.useFakeTimers()
    const silent = { name: 'silent', getItem: () => new Promise(() => {}), setItem: () => new Promise(() => {}), getKeys: () => [] }
    const reading = createStore(silent, '').get('x:1').catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await reading).toMatchObject({ code: 'AUTH_R010', statusCode: 503, cause: { message: 'no answer within 2000 ms' } })
  })

  it('ADP-01 fails with 503 and the driver\'s error as its cause', async () => {
    const store = createStore({ name: 'broken', getItem: () => Promise.reject(new Error('disk')), getKeys: () => [] }, '')
    await expect(store.get('x:1')).rejects.toMatchObject({ code: 'AUTH_R010', cause: { message: 'disk' } })
  })

  it('never keeps a lock that was set after its caller had timed out', async () => {
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
  it('is the memory of this process if nothing is mounted, and doesn\'t warn', () => {
    const store = getStore()
    expect(store.isShared).toBe(false)
    storage.current = createStorage()
    expect(getStore()).toBe(store)
    expect(console.warn).not.toHaveBeenCalled()
  })

  it('is the storage that the app mounted, and warns once that its writes are not atomic between instances', async () => {
    storage.current.mount('auth', fs({ base }))
    const store = getStore()
    expect(getStore()).toBe(store)
    expect(store.isShared).toBe(true)
    await store.set('x:1', 'value', { ttl: 10 })
    expect(await storage.current.getKeys('auth')).toEqual([expect.stringMatching(/^auth:x:[\da-f]{64}$/)])
    expect(console.warn).toHaveBeenCalledOnce()
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('AUTH_R012'))
  })

  it('writes below `auth` if only the root is mounted', async () => {
    storage.current = createStorage({ driver: fs({ base }) })
    await getStore().set('x:1', 'value', { ttl: 10 })
    expect(listFiles()).toEqual([expect.stringMatching(/\/auth\/x\/[\da-f]{64}$/)])
  })
})

describe('warnUnshared', () => {
  it('warns once of a store that other instances don\'t see', () => {
    const store = createMemoryStore()
    for (let time = 0; time < 2; time++) warnUnshared(store)
    expect(console.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('AUTH_S020'))
  })

  it('never warns of a shared store', () => {
    warnUnshared({ ...createMemoryStore(), isShared: true })
    expect(console.warn).not.toHaveBeenCalled()
  })
})
