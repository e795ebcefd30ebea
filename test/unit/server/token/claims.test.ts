import { describe, expect, it } from 'vitest'
import { pickOwn, toFirstClaims, withOwn } from '../../../../src/runtime/server/token/claims'

describe('the claims of a new session', () => {
  it('SES-08 have an ID that is new and random at each sign-in: 144 bits, no repeats', () => {
    const ids = Array.from({ length: 10_000 }, () => toFirstClaims().sid)
    expect(new Set(ids).size).toBe(10_000)
    for (const sid of ids) expect(sid).toMatch(/^[\w-]{24}$/)
    // Every character of the ID takes each of the 64 values.
    for (let at = 0; at < 24; at++) expect(new Set(Array.from(ids, sid => sid[at])).size).toBe(64)
  })

  it('say when it began', () => {
    expect(Math.abs(toFirstClaims().auth_time - Date.now() / 1000)).toBeLessThan(2)
    expect(Number.isInteger(toFirstClaims().auth_time)).toBe(true)
  })
})

describe('the claims that only the module writes', () => {
  it('are never changed by a callback', () => {
    const claims = pickOwn({ sub: '1', sid: 'mine', auth_time: 5, role: 'admin' })
    expect(claims).toEqual({ sid: 'mine', auth_time: 5 })
    expect(withOwn({ sub: '1', role: 'admin' }, claims)).toEqual({ sub: '1', role: 'admin', sid: 'mine', auth_time: 5 })
    expect(withOwn({ sub: '1', sid: 'other', auth_time: 9e9, epoch: 'x', revalidated_at: 9e9 }, claims)).toEqual({ sub: '1', sid: 'mine', auth_time: 5 })
  })

  it('leave a token that has them already as it is', () => {
    const token = { sid: 'mine', sub: '1' }
    expect(withOwn(token, { sid: 'mine' })).toBe(token)
    expect(withOwn(token, pickOwn(token))).toBe(token)
  })
})
