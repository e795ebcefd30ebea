import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withTimeout } from '../../../../src/runtime/server/http/timeout'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('withTimeout', () => {
  it('resolves or rejects like the attempt, and leaves no timer', async () => {
    expect(await withTimeout(Promise.resolve('done'), 100)).toBe('done')
    await expect(withTimeout(Promise.reject(new Error('failed')), 100)).rejects.toThrow('failed')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects after the limit, and calls onTimeout once', async () => {
    const onTimeout = vi.fn()
    const late = expect(withTimeout(new Promise(() => {}), 100, onTimeout)).rejects.toThrow('no answer within 100 ms')
    await vi.advanceTimersByTimeAsync(99)
    expect(onTimeout).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await late
    expect(onTimeout).toHaveBeenCalledOnce()
  })
})
