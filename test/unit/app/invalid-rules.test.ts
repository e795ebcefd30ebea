import { describe, expect, it, vi } from 'vitest'
import { findRuleError, warnOfInvalidRules } from '../../../src/runtime/app/invalid-rules'

describe('the rule of a page', () => {
  it.each([
    [{ unauthenticatedOnly: true, navigateAuthenticatedTo: '/' }, '`auth.unauthenticatedOnly` is true'],
    [{ match: { role: 'admin' }, redirectTo: 'https://evil.example' }, '`auth.redirectTo` is "https://evil.example"'],
    ['admin', '`auth` is "admin"'],
    [null, '`auth` is null'],
    [() => true, '`auth` is () => true'],
  ])('is named with its page and key if it is invalid: %j', (auth, text) => {
    const error = findRuleError({ path: '/register', meta: { auth } })
    expect(error?.message).toContain('AUTH_A003: The page /register has a rule that nobody meets: ' + text)
  })

  it.each([undefined, true, false, 'guest', { match: { role: 'admin' } }, { match: { role: ['a', 'b'] }, redirectTo: '/denied' }])('is left alone if it is one: %j', (auth) => {
    expect(findRuleError({ path: '/x', meta: { auth } })).toBeUndefined()
  })

  it('is said once for each page', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const page = (path: string) => ({ path, meta: { auth: 'admin' } })
    warnOfInvalidRules([page('/a'), page('/b')])
    warnOfInvalidRules([page('/a')])
    expect(log.mock.calls.map(([line]) => /The page (\S+)/.exec(String(line))?.[1])).toEqual(['/a', '/b'])
    log.mockRestore()
  })
})
