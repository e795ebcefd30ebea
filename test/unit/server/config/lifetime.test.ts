import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isDue, resolveLifetimes, toEnd, toNextEnd, withSignInTime } from '../../../../src/runtime/server/config/lifetime'
import type { SessionOptions } from '../../../../src/runtime/server/config/lifetime'

const now = 1_800_000_000
const day = 24 * 60 * 60
const resolve = (options: SessionOptions = {}, revalidate?: unknown) => resolveLifetimes(options, 'jwt', revalidate, 'server/auth.ts')

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 }))
afterEach(() => void vi.useRealTimers())

describe('resolveLifetimes', () => {
  it('has Auth.js\'s defaults, and ends nothing early', () => {
    expect(resolve()).toEqual({ maxAge: 30 * day, updateAge: day, absoluteMaxAge: undefined, revalidateAfter: undefined, revocable: undefined })
  })

  it('makes an idle time of no more than the absolute one, where none is given', () => {
    expect(resolve({ absoluteMaxAge: 3600 }).maxAge).toBe(3600)
    expect(resolve({ absoluteMaxAge: 90 * day }).maxAge).toBe(30 * day)
  })

  it('knows what can be revoked', () => {
    expect([true, false, undefined, {}, { list: false }, { list: true }].map(revocable => resolve({ revocable }).revocable))
      .toEqual([{ list: false }, undefined, undefined, { list: false }, { list: false }, { list: true }])
  })

  it.each<[object, string]>([
    [{ absoluteMaxAge: 60, maxAge: 61 }, '`session.absoluteMaxAge` is 60, expected at least `session.maxAge`, 61'],
    [{ maxAge: '60' }, '`session.maxAge` is "60", expected a number of seconds'],
    [{ maxAge: 0 }, '`session.maxAge` is 0'],
    [{ maxAge: NaN }, '`session.maxAge` is NaN'],
    [{ maxAge: null }, '`session.maxAge` is null'],
    [{ absoluteMaxAge: Infinity }, '`session.absoluteMaxAge` is Infinity'],
    [{ updateAge: -1 }, '`session.updateAge` is -1'],
    [{ revalidateAfter: 60 }, '`session.revalidateAfter` is 60, expected nothing, or `extend.revalidate` beside it'],
    [{ revocable: 'yes' }, '`session.revocable` is "yes"'],
    [{ revocable: null }, '`session.revocable` is null'],
    [{ revocable: { list: 1 } }, '`session.revocable` is {"list":1}'],
    [{ revocable: { lists: true } }, '`session.revocable` is {"lists":true}'],
  ])('refuses %j with AUTH_D020', (options, message) => {
    expect(() => resolve(options)).toThrow(`AUTH_D020: server/auth.ts: ${message}`)
  })

  it('refuses a revalidation that is never due, and a typo that would leave sessions irrevocable', () => {
    expect(() => resolve({}, () => ({}))).toThrow('AUTH_D020: server/auth.ts: `session.revalidateAfter` is undefined')
    expect(() => resolve({ revokable: true } as never)).toThrow('AUTH_D002: server/auth.ts: `session.revokable`')
  })
})

describe('the end of a session', () => {
  it('is that of its token, of its idle time or of its absolute time, whichever comes first', () => {
    const limits = resolve({ maxAge: 100, absoluteMaxAge: 1000 })
    expect(toEnd({ exp: now + 50, iat: now, auth_time: now }, limits)).toBe((now + 50) * 1000)
    // The idle time was made shorter after this token was issued.
    expect(toEnd({ exp: now + 500, iat: now, auth_time: now }, limits)).toBe((now + 100) * 1000)
    expect(toEnd({ exp: now + 90, iat: now, auth_time: now - 950 }, limits)).toBe((now + 50) * 1000)
  })

  it('SES-07 never moves beyond the absolute time, however often the token is renewed', () => {
    const limits = resolve({ maxAge: 100, absoluteMaxAge: 1000 })
    expect(toNextEnd({ auth_time: now }, limits)).toBe((now + 100) * 1000)
    expect(toNextEnd({ auth_time: now - 999 }, limits)).toBe((now + 1) * 1000)
    expect(toNextEnd({ auth_time: now - 999, exp: now + 5000 }, resolve({ maxAge: 100 }))).toBe((now + 100) * 1000)
  })

  it('counts from when a token was issued that does not say when its session began, once and for all', () => {
    const limits = resolve({ absoluteMaxAge: 1000 })
    const token = { iat: now - 10, exp: now + 10 }
    expect(withSignInTime(token, limits)).toEqual({ ...token, auth_time: now - 10 })
    expect(withSignInTime({}, limits)).toEqual({ auth_time: now })
    expect(withSignInTime(token, resolve())).toBe(token)
    const dated = { ...token, auth_time: 1 }
    expect(withSignInTime(dated, limits)).toBe(dated)
  })

  it('is put off once updateAge has passed', () => {
    const limits = resolve({ updateAge: 60 })
    expect([now - 59, now - 60, undefined].map(iat => isDue({ iat }, limits))).toEqual([false, true, true])
  })
})
