import { describe, expect, it } from 'vitest'
import { decideAccess, decideStrictest } from '../../../src/runtime/shared/access'

const ada = { user: { name: 'Ada', id: '1' }, expires: '2999-01-01', role: 'admin', level: 3, teams: ['core'] }

describe('decideAccess', () => {
  it.each([
    [false, null, 'allow'],
    [false, ada, 'allow'],
    [true, null, 'sign-in'],
    [true, ada, 'allow'],
    ['guest', null, 'allow'],
    ['guest', ada, 'home'],
    [{}, null, 'sign-in'],
    [{}, ada, 'allow'],
    [{ match: { role: 'admin' } }, null, 'sign-in'],
    [{ match: { role: 'admin' } }, ada, 'allow'],
    [{ match: { role: ['editor', 'admin'] } }, ada, 'allow'],
    [{ match: { role: 'admin', level: 3 } }, ada, 'allow'],
    [{ match: { user: { id: '1' } } }, ada, 'allow'],
    [{ match: { role: 'member' } }, ada, 'forbid'],
    [{ match: { role: 'admin', level: 4 } }, ada, 'forbid'],
    [{ match: { role: 'member' }, redirectTo: '/plans' }, ada, 'forbid'],
  ])('decides %j for %j: %s', (rule, session, access) => {
    expect(decideAccess(rule as never, session)).toBe(access)
  })

  it.each([undefined, null, 'admin', 'true', 0, 1, [], ['guest'], () => true, { matches: {} }, { match: { role: 'admin' }, role: 'x' }])('never opens for the unknown rule %j', (rule) => {
    expect(decideAccess(rule as never, ada)).toBe('forbid')
    expect(decideAccess(rule as never, null)).not.toBe('allow')
  })

  it.each<object>([
    { role: 'Admin' }, { role: ['Admin'] }, { role: [] }, { role: undefined }, { role: null }, { level: '3' }, { role: { toString: 'admin' } }, { role: {} },
    { toString: {} }, { constructor: { name: 'Object' } }, { user: { constructor: {} } }, { teams: 'core' }, { user: {} }, {}, { missing: undefined },
  ])('never coerces, inherits or matches by emptiness: %j', (match) => {
    expect(decideAccess({ match } as never, ada)).toBe('forbid')
  })

  it.each(['Admin', ['admin'], 'admin,user', undefined, null, { toString: () => 'admin' }])('never takes the role %j for admin', (role) => {
    expect(decideAccess({ match: { role: 'admin' } } as never, { ...ada, role })).toBe('forbid')
    expect(decideAccess({ match: { role: 'admin' } } as never, Object.create({ role: 'admin' }) as object)).toBe('forbid')
  })
})

describe('decideStrictest', () => {
  it('lets the strictest rule decide, in any order', () => {
    const rules = [false, true, { match: { role: 'owner' }, redirectTo: '/' }]
    for (const order of [rules, [...rules].reverse()]) expect(decideStrictest(order as never, ada)).toEqual({ access: 'forbid', rule: rules[2] })
    expect(decideStrictest([false, true], null).access).toBe('sign-in')
    expect(decideStrictest([false, true], ada).access).toBe('allow')
  })
})
