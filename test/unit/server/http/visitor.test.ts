import { describe, expect, it } from 'vitest'
import { toVisitorEvent } from '../../../../src/runtime/server/http/visitor'
import { toEvent } from '../../event'

/** A request from the app to itself while it handles `outer`, as Nitro passes it. */
function toInner(outer: ReturnType<typeof toEvent>, headers: Record<string, string> = { cookie: 'a=1' }) {
  const inner = toEvent(headers)
  Object.assign(outer.context, { nuxtAuthjs: { event: outer } })
  Object.assign(inner.node.req, { __unenv__: outer.context })
  return inner
}

describe('toVisitorEvent', () => {
  it('returns the event of the browser\'s request at any depth', () => {
    const outer = toEvent({ cookie: 'a=1' })
    const inner = toInner(outer)
    expect(toVisitorEvent(outer)).toBe(outer)
    expect(toVisitorEvent(inner)).toBe(outer)
    expect(toVisitorEvent(toInner(inner))).toBe(outer)
  })

  it('never returns an event with other cookies', () => {
    const outer = toEvent({ cookie: 'a=1' })
    for (const headers of [{}, { cookie: 'a=2' }] as Record<string, string>[]) {
      const inner = toInner(outer, headers)
      expect(toVisitorEvent(inner)).toBe(inner)
    }
  })

  it('never returns a user\'s event for a response that is cached for all users', () => {
    const cached = toEvent({ cookie: 'a=1' })
    cached.context.cache = {}
    expect(toVisitorEvent(toInner(cached))).not.toBe(cached)
    const inner = toInner(toEvent({ cookie: 'a=1' }))
    inner.context.cache = {}
    expect(toVisitorEvent(inner)).toBe(inner)
  })
})
