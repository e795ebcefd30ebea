import { parseCookies } from 'h3'
import { describe, expect, it, vi } from 'vitest'
import { getSessionCookie, joinChunks, keepCookies, requireFit, toChunks } from '../../../../src/runtime/server/http/cookies'
import type { SessionCookie } from '../../../../src/runtime/server/http/cookies'
import { toEvent } from '../../event'

const none = new Set<string>()

describe('a cookie in chunks', () => {
  it('reads back a written value of any length', () => {
    for (const length of [1, 3936, 3937, 7872, 20_000]) {
      const value = 'x'.repeat(length - 1) + 'y'
      const chunks = toChunks(none, 's', value)
      expect(chunks.every(chunk => chunk.value.length <= 3936)).toBe(true)
      expect(joinChunks(Object.fromEntries(chunks.map(chunk => [chunk.name, chunk.value])), 's')).toBe(value)
    }
  })

  it('deletes the parts that a longer or shorter value leaves over', () => {
    expect(toChunks(new Set(['s.0', 's.1', 'other']), 's', 'short')).toEqual([
      { name: 's', value: 'short' }, { name: 's.0', value: '' }, { name: 's.1', value: '' },
    ])
    expect(toChunks(new Set(['s']), 's', 'x'.repeat(4000)).at(-1)).toEqual({ name: 's', value: '' })
    expect(toChunks(new Set(['s']), 's', '')).toEqual([{ name: 's', value: '' }])
    expect(toChunks(none, 's', '')).toEqual([])
  })

  it('never reads a cookie whose name only has the same beginning', () => {
    for (const name of ['s-2', 's.x', 's.0x', 'as', 's.1']) expect(joinChunks({ [name]: 'v' }, 's')).toBeUndefined()
    expect(toChunks(new Set(['s.x', 's-2']), 's', 'v')).toEqual([{ name: 's', value: 'v' }])
  })

  it('COK-09 never deletes more parts than a session cookie of this module has', () => {
    const known = new Set(['s', ...Array.from({ length: 580 }, (_, index) => `s.${index}`)])
    expect(toChunks(known, 's', '')).toEqual([{ name: 's', value: '' }, { name: 's.0', value: '' }, { name: 's.1', value: '' }])
  })

  it('never joins a part that remains from an older, longer value', () => {
    const cookies = Object.fromEntries(toChunks(none, 's', 'x'.repeat(5000)).map(({ name, value }) => [name, value]))
    expect(joinChunks({ ...cookies, 's.2': 'old' }, 's')).toBe('x'.repeat(5000))
  })
})

describe('the session\'s cookie', () => {
  const cookie = { name: 's' } as SessionCookie

  it.each([
    's=mine', 's=first; s=second', 's = spaced ;a=b', 's="quoted"', 's=%7Cpiped', 's=%E0broken', 's=', 's.0=a; s.1=b; s.3=d', 's.1=b; s.0=a',
    's=whole; s.0=part', 's.x=no; s-2=no; sx=no', 'a=b; s=c=d=e', 'no pair; s=mine', ';;; s=mine;', '__proto__=x; s=mine', 'S=other', 'a=b', '', 'constructor=x',
  ])('COK-07 never differs from the result of the host\'s own parser: %s', (header) => {
    const event = toEvent({ cookie: header })
    expect(getSessionCookie(event, cookie)).toBe(joinChunks(parseCookies(event), 's'))
  })

  it('is the only cookie that is decoded', () => {
    const decode = vi.spyOn(globalThis, 'decodeURIComponent')
    expect(getSessionCookie(toEvent({ cookie: 'a=%7C; s=%7Cmine; b=%7C' }), cookie)).toBe('|mine')
    expect(decode.mock.calls).toEqual([['%7Cmine']])
    decode.mockRestore()
  })

  it('is missing without a header', () => {
    expect(getSessionCookie(toEvent(), cookie)).toBeUndefined()
  })
})

describe('the size limit of a session cookie', () => {
  it('COK-05 never allows more than two parts', () => {
    expect(requireFit('x'.repeat(7872))).toHaveLength(7872)
    expect(() => requireFit('x'.repeat(7873))).toThrow('AUTH_R005')
  })

  it('names the largest claims of a session that is too large, and never their values', () => {
    const token = { sub: '1', picture: 'CANARY'.repeat(300), accessToken: 'CANARYé'.repeat(200), roles: ['a'] }
    const run = () => requireFit('x'.repeat(7873), token)
    expect(run).toThrow('The largest claims in bytes: picture 1802, accessToken 1602, roles 5, sub 3')
    expect(run).not.toThrow('CANARY')
  })

  it('loses those alone that are not to be kept', () => {
    expect(keepCookies('a=1; s=2; s.0=3; sx=7; b=8', name => !name.startsWith('s'))).toBe('a=1; b=8')
  })
})
