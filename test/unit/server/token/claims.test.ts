import { describe, expect, it } from 'vitest'
import { pickOwn, toFirstClaims, withOwn } from '../../../../src/runtime/server/token/claims'

describe('the claims of a session', () => {
  it('SES-08 are new and random at each sign-in: 144 bits, no repeats', () => {
    const ids = Array.from({ length: 10_000 }, () => toFirstClaims().sid)
    expect(new Set(ids).size).toBe(10_000)
    for (const sid of ids) expect(sid).toMatch(/^[\da-f]{36}$/)
    // None of its digits is the same in all.
    for (let at = 0; at < 36; at++) expect(new Set(Array.from(ids, sid => sid[at])).size).toBe(16)
  })

  it('say when it began', () => {
    expect(Math.abs(toFirstClaims().auth_time - Date.now() / 1000)).toBeLessThan(2)
    expect(Number.isInteger(toFirstClaims().auth_time)).toBe(true)
  })

  it('never follow what a callback made of them', () => {
    const claims = pickOwn({ sub: '1', sid: 'mine', auth_time: 5, role: 'admin' })
    expect(claims).toEqual({ sid: 'mine', auth_time: 5 })
    expect(withOwn({ sub: '1', role: 'admin' }, claims)).toEqual({ sub: '1', role: 'admin', sid: 'mine', auth_time: 5 })
    expect(withOwn({ sub: '1', sid: 'other', auth_time: 9e9, epoch: 'x', revalidated_at: 9e9 }, claims)).toEqual({ sub: '1', sid: 'mine', auth_time: 5 })
  })

  it('leave a token alone that has them', () => {
    const token = { sid: 'mine', sub: '1' }
    expect(withOwn(token, { sid: 'mine' })).toBe(token)
    expect(withOwn(token, pickOwn(token))).toBe(token)
  })
})
