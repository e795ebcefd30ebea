import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createDriverStore } from '../../../../src/runtime/server/store/driver'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('never gives a key up for good where the driver never answers: the next operation has its turn after 5 seconds', async () => {
  const entries = new Map<string, string>()
  const setItem = vi.fn((key: string, value: string) => void entries.set(key, value)).mockImplementationOnce(() => new Promise<void>(() => {}) as never)
  const store = createDriverStore({ getItem: key => entries.get(key) ?? null, setItem, getKeys: () => [...entries.keys()] }, '')
  const lost = expect(store.set('x:1', 'lost', { ttl: 60 })).rejects.toThrow('no answer within 5000 ms')
  const next = store.set('x:1', 'kept', { ttl: 60 })
  await vi.advanceTimersByTimeAsync(4999)
  expect(setItem).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  await Promise.all([lost, next])
  expect(await store.get('x:1')).toBe('kept')
})
