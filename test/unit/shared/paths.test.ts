import { describe, expect, it } from 'vitest'
import { compileRules } from '../../../src/build/route-rules'
import { toGuardPaths } from '../../../src/runtime/shared/paths'

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

describe('advisories of Nuxt, whatever version is below', () => {
  const patterns = compileRules({ '/admin/**': { auth: true } }).map(({ folded }) => new RegExp(folded))

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
