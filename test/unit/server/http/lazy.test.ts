import { describe, expect, it, vi } from 'vitest'
import { lazy } from '../../../../src/runtime/server/http/lazy'

describe('lazy', () => {
  it('loads on the first call, and once for parallel calls', async () => {
    const load = vi.fn(() => Promise.resolve({ value: 1 }))
    const get = lazy(load)
    expect(load).not.toHaveBeenCalled()
    const [first, second] = await Promise.all([get(), get()])
    expect([first === second, await get() === first, load.mock.calls.length]).toEqual([true, true, 1])
  })

  it('tries again after a failure', async () => {
    const load = vi.fn(() => Promise.resolve('there')).mockRejectedValueOnce(new Error('gone'))
    const get = lazy(load)
    await expect(get()).rejects.toThrow('gone')
    expect(await get()).toBe('there')
  })
})
