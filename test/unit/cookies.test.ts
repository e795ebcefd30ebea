import { describe, expect, it } from 'vitest'
import { joinChunks, toChunks } from '../../src/runtime/server/cookies'

describe('a cookie in chunks', () => {
  it('reads back what it wrote, whatever the length', () => {
    for (const length of [1, 3936, 3937, 7872, 20_000]) {
      const value = 'x'.repeat(length - 1) + 'y'
      const chunks = toChunks({}, 's', value)
      expect(chunks.every(chunk => chunk.value.length <= 3936)).toBe(true)
      expect(joinChunks(Object.fromEntries(chunks.map(chunk => [chunk.name, chunk.value])), 's')).toBe(value)
    }
  })

  it('drops what a longer or shorter value left over', () => {
    expect(toChunks({ 's.0': 'a', 's.1': 'b', 's.2': 'c', 'other': 'd' }, 's', 'short')).toEqual([
      { name: 's', value: 'short' }, { name: 's.0', value: '' }, { name: 's.1', value: '' }, { name: 's.2', value: '' },
    ])
    expect(toChunks({ s: 'a' }, 's', 'x'.repeat(4000)).at(-1)).toEqual({ name: 's', value: '' })
    expect(toChunks({ s: 'a' }, 's', '')).toEqual([{ name: 's', value: '' }])
    expect(toChunks({}, 's', '')).toEqual([])
  })

  it('never takes a cookie whose name only begins alike', () => {
    for (const name of ['s-2', 's.x', 's.0x', 'as', 's.1']) expect(joinChunks({ [name]: 'v' }, 's')).toBeUndefined()
    expect(toChunks({ 's.x': 'a', 's-2': 'b' }, 's', 'v')).toEqual([{ name: 's', value: 'v' }])
  })
})
