import { describe, expect, it } from 'vitest'
import { createMemo } from '../../../../src/runtime/server/http/memo'

describe('a memo', () => {
  it('keeps one value per event, until another or none takes its place', () => {
    const [first, second, event] = [createMemo<number>(), createMemo<number>(), { context: {} }]
    first.set(event, 1)
    expect([first.get(event), second.get(event), first.get({ context: event.context })]).toEqual([1, undefined, undefined])
    first.set(event, 2)
    expect(first.get(event)).toBe(2)
    first.set(event, undefined)
    expect(first.get(event)).toBeUndefined()
  })

  it('is in no copy of the event: that may be another visitor\'s', () => {
    const [memo, event] = [createMemo<number>(), { context: {} }]
    memo.set(event, 1)
    expect([memo.get({ ...event }), memo.get(Object.assign({}, event) as typeof event), memo.get(structuredClone(event))]).toEqual([undefined, undefined, undefined])
    expect(Object.keys(event)).toEqual(['context'])
  })
})
