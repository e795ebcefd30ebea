import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fs from 'unstorage/drivers/fs'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createDriverStore } from '../../../../src/runtime/server/store/driver'
import type { Driver } from '../../../../src/runtime/server/store/driver'

const base = mkdtempSync(join(tmpdir(), 'driver-'))
afterAll(() => rmSync(base, { recursive: true }))
afterEach(() => void vi.useRealTimers())

// unstorage types the results of a driver more widely than its own drivers return.
const toFsDriver = () => fs({ base }) as Driver
const listFiles = () => readdirSync(base, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
const pass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })

describe('createDriverStore', () => {
  it('never blocks a key forever if the driver does not answer: the next operation runs after 5 seconds', async () => {
    vi.useFakeTimers()
    const entries = new Map<string, string>()
    const setItem = vi.fn((key: string, value: string): unknown => entries.set(key, value))
      .mockImplementationOnce(() => new Promise(() => {}))
    const store = createDriverStore({ getItem: key => entries.get(key) ?? null, setItem, getKeys: () => [...entries.keys()] }, '')
    const lost = expect(store.set('x:1', 'lost', { ttl: 60 })).rejects.toThrow('no answer within 5000 ms')
    const next = store.set('x:1', 'kept', { ttl: 60 })
    await vi.advanceTimersByTimeAsync(4999)
    expect(setItem).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all([lost, next])
    expect(await store.get('x:1')).toBe('kept')
  })
})

describe('a driver that expires no entries', () => {
  it('ADP-06 removes expired entries of the store, and no others', async () => {
    const store = createDriverStore(toFsDriver(), 'auth:')
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.set(`x:${index}`, 'value', { ttl: 5 })))
    await toFsDriver().setItem?.('other:1', 'not ours', { ttl: 1 })
    expect(listFiles()).toHaveLength(101)
    pass(11 * 60)
    await store.set('x:new', 'value', { ttl: 5 })
    await expect.poll(listFiles).toHaveLength(2)
    expect(await store.get('x:new')).toBe('value')
  })

  it.each(['', '{', 'null', '[]', '"x"', '{"value":1,"expires":1e15}', '{"value":"x"}', '{"value":"x","expires":"never"}'])('REV-02 never takes %j for an entry, nor for a missing one: a damaged entry may have been a revocation', async (text) => {
    const store = createDriverStore({ getItem: () => text, getKeys: () => [] }, '')
    await expect(store.get('x:1')).rejects.toThrow('damaged')
    await expect(store.getMany(['x:1'])).rejects.toThrow('damaged')
    await expect(store.setIfAbsent('x:1', 'mine', { ttl: 10 })).rejects.toThrow('damaged')
  })

  it('reads entries that the driver returns as text, as bytes or parsed', async () => {
    const entry = { value: 'x', expires: Date.now() + 1000 }
    for (const stored of [entry, JSON.stringify(entry), new TextEncoder().encode(JSON.stringify(entry))])
      expect(await createDriverStore({ getItem: () => stored, getKeys: () => [] }, '').get('x:1')).toBe('x')
  })

  it('runs the next operation on a key after one has failed', async () => {
    const setItem = vi.fn().mockRejectedValueOnce(new Error('disk'))
    const store = createDriverStore({ getItem: () => null, setItem, getKeys: () => [] }, '')
    await expect(store.set('x:1', 'one', { ttl: 1 })).rejects.toThrow('disk')
    expect(await store.setIfAbsent('x:1', 'two', { ttl: 1 })).toBe(true)
  })
})

describe('a driver with getItems', () => {
  const getItem = vi.fn()
  const entry = (value: string) => JSON.stringify({ value, expires: Date.now() + 1000 })

  it('reads several keys with one call', async () => {
    const getItems = vi.fn((items: { key: string }[]) => items.map(({ key }) => ({ key, value: entry(key) })))
    expect(await createDriverStore({ getItem, getItems, getKeys: () => [] }, 'auth:').getMany(['x:1', 'x:2'])).toEqual(['auth:x:1', 'auth:x:2'])
    expect(getItems).toHaveBeenCalledOnce()
    expect(getItem).not.toHaveBeenCalled()
  })

  it.each([[[]], [[{ key: 'x:2', value: null }, { key: 'x:1', value: null }]]])('never takes the entries of other keys for the requested ones: %j', async (items) => {
    await expect(createDriverStore({ getItem, getItems: () => items, getKeys: () => [] }, '').getMany(['x:1', 'x:2'])).rejects.toThrow('other keys')
  })
})
