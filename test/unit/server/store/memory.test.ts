import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMemoryStore } from '../../../../src/runtime/server/store/memory'

const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
afterEach(() => void vi.useRealTimers())

describe('createMemoryStore', () => {
  it('ADP-06 is bounded, and removes expired entries', async () => {
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

  it('REV-01 never drops an entry of one owner for another one\'s, and says until when it dropped any', async () => {
    const store = createMemoryStore(1000)
    await store.set('revoked:first', '1', { ttl: 100, owner: 'ada' })
    for (let index = 0; index < 5000; index++) await store.set(`revoked:${index}`, '1', { ttl: 100, owner: 'eve' })
    expect(await store.get('revoked:first')).toBe('1')
    expect(store.size).toBe(101)
    const now = Math.floor(Date.now() / 1000)
    expect([store.lostUntil('revoked'), store.lostUntil('revoked', 'ada')]).toEqual([0, 0])
    expect(Math.abs(store.lostUntil('revoked', 'eve') - now)).toBeLessThan(5)
    // An owner is forgotten once all their entries have expired.
    pass(161)
    await store.set('revoked:next', '1', { ttl: 100 })
    expect([store.size, store.lostUntil('revoked', 'eve')]).toEqual([1, 0])
  })

  it('REV-01 never lets two calls set a missing key: without room setIfAbsent fails with 503', async () => {
    const store = createMemoryStore(2)
    for (const id of ['a', 'b']) expect(await store.setIfAbsent(`challenge:${id}`, '1', { ttl: 10 })).toBe(true)
    await expect(store.setIfAbsent('challenge:c', '1', { ttl: 10 })).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
    expect(await store.setIfAbsent('challenge:a', '1', { ttl: 10 })).toBe(false)
    pass(11)
    expect(await store.setIfAbsent('challenge:c', '1', { ttl: 10 })).toBe(true)
  })

  it('takes no longer per entry when it is full', async () => {
    const store = createMemoryStore(20_000)
    const fill = async (from: number) => {
      const start = performance.now()
      for (let index = from; index < from + 20_000; index++) await store.set(`x:${index}`, '1', { ttl: 100 })
      return performance.now() - start
    }
    const empty = await fill(0)
    expect(await fill(20_000)).toBeLessThan(Math.max(200, empty * 20))
  })

  it('removes expired entries before it drops any other', async () => {
    const store = createMemoryStore(3)
    await store.set('x:long', 'value', { ttl: 100 })
    for (const id of ['a', 'b']) await store.set(`x:${id}`, 'value', { ttl: 5 })
    pass(6)
    await store.set('x:c', 'value', { ttl: 100 })
    expect(await store.get('x:long')).toBe('value')
  })

  it('says whether it has room for another entry of a user', async () => {
    const store = createMemoryStore(1000)
    for (let index = 0; index < 100; index++) await store.set(`x:${index}`, '1', { ttl: 10, owner: 'eve' })
    expect([store.hasRoom('x:new', 'eve'), store.hasRoom('x:new', 'ada'), store.hasRoom('y:new', 'eve')]).toEqual([false, true, true])
    pass(11)
    expect(store.hasRoom('x:new', 'eve')).toBe(true)
  })
})
