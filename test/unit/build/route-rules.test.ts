import { describe, expect, it } from 'vitest'
import {
  compileRules, denyAll, findCachedAndGuarded, findCachedPages, requireEnforceable, requireRule, requireSignInOpen,
  toPathRules, withoutAuth,
} from '../../../src/build/route-rules'
import type { RouteRules } from '../../../src/build/route-rules'
import { decideAccess } from '../../../src/runtime/shared/access'
import { findPathRule, findWrittenRule } from '../../../src/runtime/shared/paths'

const compile = (routeRules: RouteRules) => toPathRules(compileRules(routeRules))
const findRule = (routeRules: RouteRules, path: string) => findPathRule(compile(routeRules), path)?.[1]

describe('compileRules', () => {
  it.each([
    ['/api/**', '/api/x/y', true], ['/api/**', '/api', true], ['/api/**', '/apix', false],
    ['/**', '/', true], ['/**', '/x', true], ['/', '/', true], ['/', '/x', false],
    ['/api/*', '/api/x', true], ['/api/*', '/api/x/y', false], ['/api/:id/edit', '/api/7/edit', true],
    ['/a.b', '/a.b', true], ['/a.b', '/axb', false],
    ['/Admin/**', '/admin/x', true], ['/admin/', '/admin', true],
  ])('%s matches %s: %s', (pattern, path, isMatch) => {
    expect(findRule({ [pattern]: { auth: true } }, path)).toBe(isMatch ? true : undefined)
  })

  it('applies the most specific pattern, in any order', () => {
    const routeRules = {
      '/admin/login': { auth: false },
      '/**': { auth: 'guest' },
      '/admin/**': { auth: true },
      '/admin/:page': { auth: { match: { role: 'a' } } },
    }
    for (const order of [routeRules, Object.fromEntries(Object.entries(routeRules).reverse())]) {
      expect(findRule(order, '/admin/login')).toBe(false)
      expect(findRule(order, '/admin/x')).toEqual({ match: { role: 'a' } })
      expect(findRule(order, '/admin/x/y')).toBe(true)
      expect(findRule(order, '/z')).toBe('guest')
    }
  })

  it('keeps the case of a pattern in a second expression', () => {
    const rules = compile({ '/Admin/**': { auth: true } })
    expect(findWrittenRule(rules, '/Admin/x')?.[1]).toBe(true)
    expect(findWrittenRule(rules, '/admin/x')).toBeUndefined()
  })

  it('ignores routes without auth', () => {
    expect(compileRules({ '/x': { cache: {} }, '/y': undefined })).toEqual([])
  })

  it.each([
    'yes', null, 1, {}.toString, { role: 'admin' }, { match: {}, redirectTo: 'https://evil.example' },
    { redirectTo: '//evil.example' }, { redirectTo: '/\\evil.example' },
  ])('refuses %j with AUTH_M005', (auth) => {
    expect(() => compileRules({ '/x/**': { auth } })).toThrow(/AUTH_M005: nuxt\.config: `routeRules\['\/x\/\*\*'\]\.auth`/)
  })
})

describe('requireRule', () => {
  it('returns a rule as it is', () => {
    const rule = { match: { role: 'admin' }, redirectTo: '/' }
    expect(requireRule('auth.protect', rule)).toBe(rule)
  })

  it('names the key and the value of an invalid rule', () => {
    expect(() => requireRule('auth.protect', 'Guest')).toThrow('AUTH_M005: nuxt.config: `auth.protect` is "Guest"')
  })
})

describe('requireEnforceable', () => {
  it('refuses rules on Nitro 3 with AUTH_M007, because no guard would run', () => {
    expect(() => requireEnforceable(compileRules({ '/x/**': { auth: true } }), 3)).toThrow('AUTH_M007')
    expect(requireEnforceable([], 3)).toEqual([])
    expect(requireEnforceable(compileRules({ '/x/**': { auth: true } }), 2)).toHaveLength(1)
  })
})

describe('denyAll', () => {
  it.each(['/', '/x', '/x/y'])('denies %s to everyone', (path) => {
    const [, rule = false] = findPathRule(toPathRules(denyAll()), path) ?? []
    expect([decideAccess(rule, null), decideAccess(rule, { user: { name: 'Ada' } })]).toEqual(['sign-in', 'forbid'])
  })
})

describe('withoutAuth', () => {
  it('removes auth, and patterns without any other rule', () => {
    const routeRules = {
      '/a': { auth: true, redirect: undefined }, '/b': { auth: false, swr: 60 }, '/c': {}, '/d': { cache: false },
      '/e': undefined,
    }
    expect(withoutAuth(routeRules)).toEqual({ '/b': { swr: 60 }, '/c': {}, '/d': { cache: false }, '/e': {} })
  })
})

describe('findCachedAndGuarded', () => {
  it('finds patterns that are both cached and guarded', () => {
    const routeRules = {
      '/a': { auth: true, swr: 60 }, '/b': { auth: false, swr: 60 }, '/c': { isr: true },
      '/d': { auth: 'guest', prerender: true }, '/e': { auth: true },
    }
    expect(findCachedAndGuarded(routeRules)).toEqual(['/a', '/d'])
  })
})

describe('findCachedPages', () => {
  it('finds the guarded pages that a route rule caches', () => {
    const routeRules = { '/own': { swr: 60 }, '/a/**': { isr: true }, '/none': { auth: true } }
    expect(findCachedPages(routeRules, ['/own', '/a/b/:id', '/none', '/other'])).toEqual(['/own', '/a/b/:id'])
  })
})

describe('requireSignInOpen', () => {
  const check = (routeRules: RouteRules, signIn: string[] = []) =>
    requireSignInOpen(compileRules(routeRules), '/api/auth', signIn)

  it.each(['/api/auth/**', '/API/Auth/**', '/api/auth/csrf', '/api/auth/signin/:provider', '/api/auth/*'])(
    'GRD-23 refuses a rule for %s that closes it to anonymous users with AUTH_M009', (pattern) => {
      const routeRules = { '/**': { auth: true }, [pattern]: { auth: { match: {} } } }
      expect(() => check(routeRules)).toThrow(/AUTH_M009: routeRules\['\/api/i)
    })

  it('GRD-23 refuses a rule that closes the app\'s own sign-in page, in any case and in each language', () => {
    const signIn = ['/Login', '/de/anmelden']
    expect(() => check({ '/login/**': { auth: true } }, signIn)).toThrow(
      /AUTH_M009: routeRules\['\/login\/\*\*'\]\.auth closes \/Login/,
    )
    expect(() => check({ '/de/anmelden': { auth: true } }, signIn)).toThrow('AUTH_M009')
  })

  it.each<[string, RouteRules]>([
    ['a rule for all paths', { '/**': { auth: true } }],
    ['a rule for all APIs', { '/api/**': { auth: true } }],
    ['an open rule', { '/api/auth/**': { auth: false } }],
    ['a rule for a route that signing in does not need', { '/api/auth/providers': { auth: true } }],
    ['a closed rule below which all routes are open', {
      '/api/auth/**': { auth: true }, '/api/auth/*': { auth: false }, '/api/auth/*/*': { auth: false },
    }],
    ['a sign-in page for guests', { '/login': { auth: 'guest' } }],
    ['a rule for the browser\'s scripts', { '/_nuxt/**': { auth: true } }],
  ])('GRD-23 accepts %s', (_, routeRules) => {
    expect(() => check(routeRules, ['/login'])).not.toThrow()
  })
})
