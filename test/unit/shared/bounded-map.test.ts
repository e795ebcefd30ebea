import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../../src/runtime/shared/bounded-map'

describe('BoundedMap', () => {
  it('never keeps more than its maximum', () => {
    const map = new BoundedMap<number, number>(3)
    for (let key = 0; key < 1000; key++) map.set(key, key)
    expect(map.size).toBe(3)
  })

  it('drops the entry that was set longest ago', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('c', 3)
    expect([...map]).toEqual([['b', 2], ['c', 3]])
  })

  it('takes an entry that is set again for a new one, and drops no other for it', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('a', 3)
    expect([...map]).toEqual([['b', 2], ['a', 3]])
    expect([...map.set('c', 4)]).toEqual([['a', 3], ['c', 4]])
  })

  it('drops entries whose key is undefined like any other', () => {
    const map = new BoundedMap<string | undefined, number>(1).set(undefined, 1).set('b', 2)
    expect([...map]).toEqual([['b', 2]])
  })
})
