import { describe, expect, it } from 'vitest'
import { pickOwn, toFirstClaims, toSessionId, withOwn } from '../../../../src/runtime/server/token/claims'

describe('the claims of a new session', () => {
  it('SES-08 have an ID that is new and random at each sign-in: 144 bits, no repeats', () => {
    const ids = Array.from({ length: 10_000 }, () => toFirstClaims().sid)
    expect(new Set(ids).size).toBe(10_000)
    for (const sid of ids) expect(sid).toMatch(/^[\w-]{24}$/)
    // Every character of the ID takes each of the 64 values.
    for (let at = 0; at < 24; at++) expect(new Set(Array.from(ids, sid => sid[at])).size).toBe(64)
  })

  it('have the time of the sign-in', () => {
    expect(Math.abs(toFirstClaims().auth_time - Date.now() / 1000)).toBeLessThan(2)
    expect(Number.isInteger(toFirstClaims().auth_time)).toBe(true)
  })
})

describe('the module\'s own claims', () => {
  it('are never changed by a callback', () => {
    const claims = pickOwn({ sub: '1', sid: 'mine', auth_time: 5, role: 'admin' })
    expect(claims).toEqual({ sid: 'mine', auth_time: 5 })
    expect(withOwn({ sub: '1', role: 'admin' }, claims)).toEqual({ sub: '1', role: 'admin', sid: 'mine', auth_time: 5 })
    expect(withOwn({ sub: '1', sid: 'other', auth_time: 9e9, epoch: 'x', revalidated_at: 9e9 }, claims)).toEqual({ sub: '1', sid: 'mine', auth_time: 5 })
  })

  it('never copy a token that has them already', () => {
    const token = { sid: 'mine', sub: '1' }
    expect(withOwn(token, { sid: 'mine' })).toBe(token)
    expect(withOwn(token, pickOwn(token))).toBe(token)
  })
})

describe('toSessionId', () => {
  it('is the same for all tokens of a session', () => {
    expect(toSessionId({ sid: 'mine', jti: 'a' })).toBe(toSessionId({ sid: 'mine', jti: 'b' }))
  })

  it('is the token\'s own ID, or its content, if the session has no ID', () => {
    expect(toSessionId({ jti: 'a' })).toBe('a')
    expect(toSessionId({ sub: '1' })).not.toBe(toSessionId({ sub: '2' }))
  })
})
