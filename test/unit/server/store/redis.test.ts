import { describe, expect, it, vi } from 'vitest'
import { createRedisStore, isRedis } from '../../../../src/runtime/server/store/redis'

/** unstorage's Redis driver with a client of which only the given members are there. */
function toDriver(client: object, options = {}) {
  const driver = { name: 'redis', options, getInstance: () => ({ status: 'ready', on: () => {}, ...client }), getItem: () => null, getKeys: () => [] }
  // A partial client.
  return driver as never as Parameters<typeof createRedisStore>[0]
}

describe('createRedisStore', () => {
  it('REV-02 reads several keys by commands that fail for a key of another type', async () => {
    const get = (key: string) => key.includes('bad') ? Promise.reject(new Error('WRONGTYPE')) : Promise.resolve(key)
    const store = createRedisStore(toDriver({ get, mget: () => Promise.resolve([null, null]) }), 'auth:', 1000)
    expect(await store.getMany(['x:1', 'x:2'])).toEqual(['auth:x:1', 'auth:x:2'])
    await expect(store.getMany(['x:1', 'x:bad'])).rejects.toThrow('WRONGTYPE')
  })

  it('writes below the driver\'s base, with an expiry in milliseconds', async () => {
    const set = vi.fn(async () => 'OK')
    await createRedisStore(toDriver({ set }, { base: 'app/cache' }), 'auth:', 1000).set('x:1', 'one', { ttl: 1.5 })
    expect(set.mock.calls).toEqual([['app:cache:auth:x:1', 'one', 'PX', 1500]])
  })

  it('counts a key as set if ioredis repeated the command after the first attempt had set it', async () => {
    const toStore = (value: string) => createRedisStore(toDriver({ set: async () => null, get: async () => value }), '', 1000)
    expect(await toStore('mine').setIfAbsent('x:1', 'mine', { ttl: 1 })).toBe(true)
    expect(await toStore('theirs').setIfAbsent('x:1', 'mine', { ttl: 1 })).toBe(false)
  })

  it('removes a key by one script, which compares the value', async () => {
    const run = vi.fn(async () => 1)
    expect(await createRedisStore(toDriver({ eval: run }), 'auth:', 1000).removeIf('x:1', 'mine')).toBe(true)
    expect(run.mock.calls).toEqual([[expect.stringContaining('redis.call("del"'), 1, 'auth:x:1', 'mine']])
  })

  it('never queues a command for a connection that is not ready in time', async () => {
    const [get, disconnect] = [vi.fn(), vi.fn()]
    const client = { status: 'connecting', get, disconnect, once: () => {}, off: () => {} }
    await expect(createRedisStore(toDriver(client), '', 10).get('x:1')).rejects.toThrow('no connection: connecting')
    expect(disconnect).toHaveBeenCalledWith(true)
    expect(get).not.toHaveBeenCalled()
  })
})

describe('isRedis', () => {
  it('is true for unstorage\'s Redis driver only', () => {
    const getters = { getItem: () => null, getKeys: () => [] }
    expect(isRedis(toDriver({}))).toBe(true)
    for (const driver of [{ name: 'redis' }, { name: 'fs' }, { getInstance: () => ({}) }]) expect(isRedis({ ...getters, ...driver })).toBe(false)
  })
})
