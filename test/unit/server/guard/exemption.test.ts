import { describe, expect, it } from 'vitest'
import { findExemption, toLowerCase } from '../../../../src/runtime/server/guard/exemption'

const paths = { basePath: '/api/auth', signIn: ['/Login', '/de/anmelden'], assets: '/_nuxt' }

describe('findExemption', () => {
  it.each([
    ['/api/auth/session', '/api/auth'],
    ['/api/auth/callback/github', '/api/auth'],
    ['/Login', '/Login'],
    ['/de/anmelden', '/de/anmelden'],
    ['/_nuxt/entry.js', '/_nuxt'],
    ['/__nuxt_error', '/__nuxt_error'],
  ])('%s belongs to %s', (path, exemption) => {
    expect(findExemption(path, paths)).toBe(exemption)
  })

  it.each([
    '/', '/admin', '/api/auth', '/api/auth/unknown', '/api/authors', '/login', '/Login/x', '/_nuxt', '/_nuxt_x',
    '/_NUXT/entry.js', '/__nuxt_error/x',
  ])('GRD-22 never exempts %s', (path) => {
    expect(findExemption(path, paths)).toBeUndefined()
  })

  it('never exempts other paths in an app that has no folder of scripts', () => {
    expect(findExemption('/admin', { ...paths, assets: '' })).toBeUndefined()
  })
})

describe('toLowerCase', () => {
  it('converts every path, and leaves its input unchanged', () => {
    const mixed = Object.freeze({ basePath: '/API/Auth', signIn: ['/Login'], assets: '/_Nuxt' })
    expect(toLowerCase(mixed)).toEqual({ basePath: '/api/auth', signIn: ['/login'], assets: '/_nuxt' })
    expect(mixed.signIn).toEqual(['/Login'])
  })
})
