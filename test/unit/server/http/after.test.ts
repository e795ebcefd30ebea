import { describe, expect, it } from 'vitest'
import { after, recover } from '../../../../src/runtime/server/http/after'

const query = <T>(value: T) => ({ then: (resolve: (value: T) => void) => resolve(value) }) as unknown as PromiseLike<T>

describe('after', () => {
  it('goes on at once with a value that is there', () => {
    expect(after(1, value => value + 1)).toBe(2)
    expect(after(undefined, value => [value])).toEqual([undefined])
    expect(after(null, value => [value])).toEqual([null])
  })

  it.each([['a promise', Promise.resolve(1)], ['what only has a `then`', query(1)]])('waits for %s', async (_, value) => {
    const result = after(value, one => one + 1)
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe(2)
  })

  it('hands on what was rejected, and what `next` throws', async () => {
    await expect(after(Promise.reject(new Error('first')), () => 1)).rejects.toThrow('first')
    await expect(after(Promise.resolve(1), () => {
      throw new Error('second')
    })).rejects.toThrow('second')
    expect(() => after(1, () => {
      throw new Error('third')
    })).toThrow('third')
  })
})

describe('recover', () => {
  const fail = (cause: unknown) => `failed: ${(cause as Error).message}`

  it('returns what is there at once, and a promise of what is not', async () => {
    expect(recover(() => 'fine', fail)).toBe('fine')
    expect(await recover(() => Promise.resolve('fine'), fail)).toBe('fine')
    expect(await recover(() => query('fine'), fail)).toBe('fine')
  })

  it('makes something of an error that is thrown, and of one that is rejected', async () => {
    expect(recover(() => {
      throw new Error('x')
    }, fail)).toBe('failed: x')
    expect(await recover(() => Promise.reject(new Error('y')), fail)).toBe('failed: y')
  })

  it('never swallows what `fail` throws', async () => {
    const rethrow = (cause: unknown): never => {
      throw cause
    }
    expect(() => recover(() => {
      throw new Error('x')
    }, rethrow)).toThrow('x')
    await expect(recover(() => Promise.reject(new Error('y')), rethrow)).rejects.toThrow('y')
  })
})
