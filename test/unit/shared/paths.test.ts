import { describe, expect, it } from 'vitest'
import { findGuardedPages, findSignInPaths } from '../../../src/build/pages'
import { compileRules, findCachedAndGuarded, findCachedPages, requireEnforceable, requireWayIn, withoutAuth } from '../../../src/build/route-rules'
import { findPathRule, toGuardPaths } from '../../../src/runtime/shared/paths'
import { renderRules } from '../../../src/build/templates'

describe('toGuardPaths', () => {
  it.each([
    '/api/admin/x', '/API/Admin/X', '//api//admin///x', '/api/./admin/x', '/api/y/../admin/x', '/api/admin/x/', '/%61pi/admin/x', '/api%2fadmin%2fx', '/api%2Fadmin%5Cx',
    '/%2561pi/admin/x', '/%252e%252e/api/admin/x', '/api/admin;v=1/x', '/api/admin/x;', '/api\\admin\\x', '/api/admin/x?y=/', '/api/admin/x#y', '/api/admin/x%00', '/api/admin/\u0000x',
    'http://app.example/api/admin/x', 'https://other@host:1/api/admin/x', '/api/admin/x/_payload.json', '/api/admin/x/_payload.js?h', '/..//api/admin/x', '/api/adm%69n/%78', '/%E0%A4%A/../api/admin/x', '/api/admin/x%20', '/%2e/api/admin/x',
  ])('takes %s for /api/admin/x', path => expect(toGuardPaths(path)).toContain('/api/admin/x'))

  it.each(['/api/administrator', '/apiadmin/x', '/api/admin.x', '/', '/public?next=/api/admin/x', '/public#/api/admin/x'])('never takes %s for /api/admin/x', (path) => {
    expect(toGuardPaths(path)).not.toContain('/api/admin/x')
  })

  it('looks below the base, written in any case, and at the path as it is', () => {
    for (const path of ['/shop/api/admin/x', '/SHOP/api/admin/x', '/shop//api/admin/x', '/%73hop/api/admin/x', '//shop/api/admin/x']) expect(toGuardPaths(path, '/shop')).toContain('/api/admin/x')
  })

  it('ends for whatever it gets', () => {
    for (const path of ['', '%', '%%%', '/'.repeat(5000), '/..'.repeat(5000), '%25'.repeat(5000), '\uD800', '/%ff%fe']) expect(toGuardPaths(path).length).toBeLessThanOrEqual(6)
  })
})

describe('route rules', () => {
  const rules = (routeRules: object) => {
    const compiled = compileRules(routeRules as never)
    return compiled.map(({ pattern, source, written, rule }) => [new RegExp(source), rule, new RegExp(written), pattern] as const)
  }
  const find = (routeRules: object, path: string) => [findPathRule(rules(routeRules), path)?.[1] ?? []].flat()

  it.each([
    ['/api/**', '/api/x/y', true], ['/api/**', '/api', true], ['/api/**', '/apix', false], ['/**', '/', true], ['/**', '/x', true], ['/', '/', true], ['/', '/x', false],
    ['/api/*', '/api/x', true], ['/api/*', '/api/x/y', false], ['/api/:id/edit', '/api/7/edit', true], ['/a.b', '/a.b', true], ['/a.b', '/axb', false], ['/Admin/**', '/admin/x', true], ['/admin/', '/admin', true],
  ])('%s matches %s: %s', (pattern, path, isMatch) => expect(find({ [pattern]: { auth: true } }, path)).toEqual(isMatch ? [true] : []))

  it('lets the most specific pattern speak for a path, in any order', () => {
    const routeRules = { '/admin/login': { auth: false }, '/**': { auth: 'guest' }, '/admin/**': { auth: true }, '/admin/:page': { auth: { match: { role: 'a' } } } }
    for (const order of [routeRules, Object.fromEntries(Object.entries(routeRules).reverse())]) {
      expect(find(order, '/admin/login')).toEqual([false])
      expect(find(order, '/admin/x')).toEqual([{ match: { role: 'a' } }])
      expect(find(order, '/admin/x/y')).toEqual([true])
      expect(find(order, '/z')).toEqual(['guest'])
    }
  })

  it('says nothing for routes without auth', () => {
    expect(compileRules({ '/x': { cache: {} }, '/y': undefined })).toEqual([])
  })

  it.each(['yes', null, 1, {}.toString, { role: 'admin' }, { match: {}, redirectTo: 'https://evil.example' }, { redirectTo: '//evil.example' }, { redirectTo: '/\\evil.example' }])('refuses %j with AUTH_M005', (auth) => {
    expect(() => compileRules({ '/x/**': { auth } })).toThrow(/AUTH_M005: nuxt\.config: `routeRules\['\/x\/\*\*'\]\.auth`/)
  })

  it('are refused where nothing would enforce them', () => {
    expect(() => requireEnforceable(compileRules({ '/x/**': { auth: true } }), 3)).toThrow('AUTH_M007')
    expect(requireEnforceable([], 3)).toEqual([])
    expect(requireEnforceable(compileRules({ '/x/**': { auth: true } }), 2)).toHaveLength(1)
  })

  it('finds what is cached and guarded at once', () => {
    expect(findCachedAndGuarded({ '/a': { auth: true, swr: 60 }, '/b': { auth: false, swr: 60 }, '/c': { isr: true }, '/d': { auth: 'guest', prerender: true }, '/e': { auth: true } })).toEqual(['/a', '/d'])
  })

  it('finds pages that are guarded by their own rule, by a parent or by default, and cached', () => {
    const pages = [{ path: '/open', meta: { auth: false } }, { path: '/none' }, { path: '/own', meta: { auth: true } }, { path: '/parent', meta: { auth: 'guest' }, children: [{ path: '' }, { path: 'child', meta: { auth: false } }] }, { path: '/a', children: [{ path: 'b/:id', meta: { auth: true } }, { path: 'c' }] }]
    expect(findGuardedPages(pages, false)).toEqual(['/own', '/parent', '/parent', '/parent/child', '/a/b/:id'])
    expect(findGuardedPages(pages, true)).toEqual(['/none', '/own', '/parent', '/parent', '/parent/child', '/a', '/a/b/:id', '/a/c'])
    expect(findCachedPages({ '/own': { swr: 60 }, '/a/**': { isr: true }, '/none': { auth: true } }, ['/own', '/a/b/:id', '/none', '/other'])).toEqual(['/own', '/a/b/:id'])
  })

  it('are no part of what is left of the route rules for runtime config', () => {
    expect(withoutAuth({ '/a': { auth: true, redirect: undefined } as object, '/b': { auth: false, swr: 60 }, '/c': {}, '/d': { cache: false }, '/e': undefined })).toEqual({ '/b': { swr: 60 }, '/c': {}, '/d': { cache: false }, '/e': {} })
  })

  it('GRD-23 refuse with AUTH_M009 what closes the way in, and take a wider pattern, an open rule and one for guests', () => {
    const check = (routeRules: object, signIn: string[] = []) => requireWayIn(compileRules(routeRules as never), '/api/auth', signIn)
    for (const pattern of ['/api/auth/**', '/API/Auth/**', '/api/auth/csrf', '/api/auth/signin/:provider', '/api/auth/*']) expect(() => check({ '/**': { auth: true }, [pattern]: { auth: { match: {} } } }), pattern).toThrow(/AUTH_M009: routeRules\['\/api/i)
    expect(() => check({ '/login/**': { auth: true } }, ['/Login', '/de/anmelden'])).toThrow(/AUTH_M009: routeRules\['\/login\/\*\*'\]\.auth closes \/Login/)
    expect(() => check({ '/de/anmelden': { auth: true } }, ['/Login', '/de/anmelden'])).toThrow('AUTH_M009')
    for (const routeRules of [{ '/**': { auth: true } }, { '/api/**': { auth: true } }, { '/api/auth/**': { auth: false } }, { '/api/auth/providers': { auth: true } }, { '/api/auth/**': { auth: true }, '/api/auth/*': { auth: false }, '/api/auth/*/*': { auth: false } }, { '/login': { auth: 'guest' } }, { '/_nuxt/**': { auth: true } }])
      expect(() => check(routeRules, ['/login'])).not.toThrow()
  })

  it('know every spelling of the sign-in page', () => {
    const pages = [{ name: 'login', path: '/login' }, { name: 'x', path: '/x', children: [{ name: 'y', path: 'y' }] }]
    expect(findSignInPaths('', pages)).toEqual([])
    expect(findSignInPaths('/Login', pages)).toEqual(['/Login', '/login'])
    expect(findSignInPaths('/x/Y', pages)).toEqual(['/x/Y', '/x/y'])
    const translated = [{ name: 'login___en', path: '/en/login' }, { name: 'login___de', path: '/de/anmelden' }, { name: 'other___de', path: '/de/login' }]
    expect(findSignInPaths('/login', translated)).toEqual(['/login', '/en/login', '/de/anmelden'])
  })

  it('are written so that they read back as they are', async () => {
    const source = renderRules(compileRules({ '/a"b/**': { auth: { match: { role: ['"', '\u2028'] } } } }))
    const { rules } = await import(`data:text/javascript,${encodeURIComponent(source)}`) as { rules: unknown }
    expect(rules).toEqual([[/^\/a"b(?:\/.*)?$/, { match: { role: ['"', '\u2028'] } }, /^\/a"b(?:\/.*)?$/, '/a"b/**']])
  })
})

describe('advisories of Nuxt, whatever version is below', () => {
  const patterns = compileRules({ '/admin/**': { auth: true } }).map(({ source }) => new RegExp(source))

  it.each([
    ['CVE-2026-128071', '/admin%2Fusers'], ['CVE-2026-128071', '/x/..%2Fadmin%2fusers'], ['CVE-2026-114131', '/%61dmin/users'], ['CVE-2026-114131', '/adm%69n'],
    ['CVE-2026-53721', '/Admin'], ['GHSA-vjh5-4x84-xrqp', '/ADMIN/users'], ['GHSA-hxvh-4h3w-prp9', '/aDmIn/USERS'],
    ['GHSA-r99w-jh2x-3mg9', '//x/admin'], ['GHSA-r99w-jh2x-3mg9', '//x//admin/users'], ['GHSA-r99w-jh2x-3mg9', '/\\x/admin'], ['GHSA-x732-6j76-qmhm', '///admin'],
    ['CVE-2026-119200', '/%2e/admin'], ['CVE-2026-119200', '/./admin'], ['CVE-2026-119200', '/y/%2E%2e/admin'],
  ])('GRD-05 GRD-06 GRD-07 %s: never gets past a rule as %s', (_, path) => {
    expect(toGuardPaths(path).some(reading => patterns.some(pattern => pattern.test(reading))), toGuardPaths(path).join(' ')).toBe(true)
  })
})

describe('what routers keep and guards must not lose', () => {
  it.each([
    ['/api/admin/../export', '/api/admin/../export'], ['/api/admin/../export', '/api/export'], ['/API/t//secret', '/api/t//secret'], ['/api/t/;x/secret', '/api/t/;x/secret'],
    ['//x/files/a', '/files/a'], ['/\\x/files/a', '/files/a'], ['//x/files/a', '/x/files/a'], ['/%2e%2e/b', '/../b'],
  ])('takes %s for %s, among others', (path, reading) => expect(toGuardPaths(path)).toContain(reading))

  it('takes a base only where a segment ends', () => {
    expect(toGuardPaths('/apple/x', '/app')).toEqual(['/apple/x'])
    expect(toGuardPaths('/app', '/app')).toEqual(['/'])
  })
})
