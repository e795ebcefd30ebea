import { describe, expect, it } from 'vitest'
import { toLanguageOf } from '../../../src/runtime/shared/languages'

const exceptDefault = [
  { name: 'index___en', path: '/' }, { name: 'index___de', path: '/de' },
  { name: 'login___en', path: '/login' }, { name: 'login___de', path: '/de/anmelden' },
  { name: 'team-page___en', path: '/team/page' }, { name: 'team-page___de', path: '/de/team/page' },
  { name: 'item-id___en', path: '/item/:id()' }, { name: 'item-id___de', path: '/de/item/:id()' },
]
const prefix = [
  { name: 'index', path: '/' },
  { name: 'index___en', path: '/en' }, { name: 'index___de', path: '/de' },
  { name: 'login___en', path: '/en/sign-in' }, { name: 'login___de', path: '/de/anmelden' },
]
const andDefault = [
  { name: 'login___en___default', path: '/login' }, { name: 'login___en', path: '/en/login' }, { name: 'login___de', path: '/de/login' },
]

describe('toLanguageOf', () => {
  it.each([
    ['/de/account', '/login', '/de/anmelden'],
    ['/de', '/login?tab=1#a', '/de/anmelden?tab=1#a'],
    ['/de?x=1', '/', '/de'],
    ['/account', '/login', '/login'],
    ['/account', '/de/anmelden', '/login'],
    ['/de/account', '/de/anmelden', '/de/anmelden'],
    ['/de/x', '/team/page', '/de/team/page'],
    ['/deutsch', '/login', '/login'],
    ['/de/x', '/item/7', '/item/7'],
    ['/de/x', '/api/auth/signin', '/api/auth/signin'],
    ['/de/x', '/files/report.pdf', '/files/report.pdf'],
  ])('keeps the default language without a prefix: from %s, %s is %s', (from, path, target) => {
    expect(toLanguageOf(from, path, exceptDefault)).toBe(target)
  })

  it.each([
    ['/de/account', '/login', '/de/anmelden'],
    ['/en/account', '/login', '/en/sign-in'],
    ['/account', '/login', '/en/sign-in'],
    ['/de/account', '/', '/de'],
    ['/de/account', '/sign-in', '/de/anmelden'],
  ])('finds a page by the name of its file where every path has a prefix: from %s, %s is %s', (from, path, target) => {
    expect(toLanguageOf(from, path, prefix)).toBe(target)
  })

  it.each([['/account', '/login'], ['/en/account', '/en/login'], ['/de/account', '/de/login']])('keeps the kind of path where the default language has both: from %s, %s', (from, target) => {
    expect(toLanguageOf(from, '/login', andDefault)).toBe(target)
  })

  it('leaves an app alone that has one language', () => {
    expect(toLanguageOf('/de/account', '/login', [{ name: 'login', path: '/login' }, { path: '/de/login' }])).toBe('/login')
  })
})
