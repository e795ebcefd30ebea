import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemoryKind } from '../../../../src/runtime/server/store/memory-kind'

const start = 1_800_000_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start * 1000 }))
afterEach(() => void vi.useRealTimers())

describe('MemoryKind', () => {
  it('drops the oldest entry without room, and says when that was written', () => {
    const kind = new MemoryKind(2, 10)
    kind.set('a', '1', { ttl: 60 })
    vi.setSystemTime((start + 5) * 1000)
    for (const key of ['b', 'c']) kind.set(key, '1', { ttl: 60 })
    expect([kind.find('a'), kind.find('b'), kind.lostUntil()]).toEqual([undefined, '1', start])
  })

  it('counts an entry that is set again as the newest', () => {
    const kind = new MemoryKind(2, 10)
    for (const key of ['a', 'b', 'a', 'c']) kind.set(key, '1', { ttl: 60 })
    expect([kind.find('a'), kind.find('b'), kind.size]).toEqual(['1', undefined, 2])
  })

  it('drops an owner\'s oldest entry, not another owner\'s', () => {
    const kind = new MemoryKind(10, 1)
    kind.set('a', '1', { ttl: 60, owner: 'ada' })
    for (const key of ['b', 'c']) kind.set(key, '1', { ttl: 60, owner: 'eve' })
    expect([kind.find('a'), kind.find('b'), kind.find('c')]).toEqual(['1', undefined, '1'])
    expect([kind.lostUntil(), kind.lostUntil('ada'), kind.lostUntil('eve')]).toEqual([0, 0, start])
  })

  it('reports no loss if the dropped entry had expired', () => {
    const kind = new MemoryKind(1, 10)
    kind.set('a', '1', { ttl: 5 })
    vi.setSystemTime((start + 6) * 1000)
    kind.set('b', '1', { ttl: 5 })
    expect(kind.lostUntil()).toBe(0)
  })

  it('never makes a dropped entry look older because the clock was set back', () => {
    const kind = new MemoryKind(1, 10)
    kind.set('a', '1', { ttl: 60 })
    vi.setSystemTime((start - 30) * 1000)
    for (const key of ['b', 'c']) kind.set(key, '1', { ttl: 60 })
    expect(kind.lostUntil()).toBe(start)
  })

  it('deletes an entry once', () => {
    const kind = new MemoryKind(10, 10)
    kind.set('a', '1', { ttl: 60, owner: 'ada' })
    expect([kind.delete('a'), kind.delete('a'), kind.size]).toEqual([true, false, 0])
  })
})
