import { describe, expect, it } from 'vitest'
import { resolveOptions } from '../../../src/build/options'

describe('resolveOptions', () => {
  it('fills in every default', () => {
    expect(resolveOptions({})).toEqual({ basePath: '/api/auth', definition: 'server/auth', protect: false, redirect: { signIn: '', home: '/' }, session: { refetchOnFocus: true, refetchInterval: 0, broadcast: true } })
  })

  it('takes a base path with a slash at its end and a definition with its extension', () => {
    expect(resolveOptions({ basePath: '/login/', definition: 'auth/index.mts', redirect: { signIn: '/enter' } })).toMatchObject({ basePath: '/login', definition: 'auth/index', redirect: { signIn: '/enter', home: '/' } })
  })

  it.each([[{ baseUrl: '/x' }, 'auth.baseUrl'], [{ redirect: { login: '/x' } }, 'auth.redirect.login'], [{ providers: [] }, 'auth.providers'], [{ session: { interval: 1 } }, 'auth.session.interval']])('refuses the unknown option %j with AUTH_M004', (options, key) => {
    expect(() => resolveOptions(options as never)).toThrow(new RegExp(`AUTH_M004: .*${key}.*Use one of: auth\\.`))
  })

  it.each([
    { basePath: 'api/auth' }, { basePath: '/' }, { basePath: '' }, { basePath: '//evil.example' }, { basePath: '/a?b' }, { basePath: 1 },
    { redirect: { signIn: 'https://evil.example' } }, { redirect: { home: '//evil.example' } }, { redirect: { home: '/\\evil.example' } },
    { protect: 'yes' }, { protect: { role: 'admin' } }, { protect: 'guest ' },
  ])('refuses the impossible %j with AUTH_M005', options => expect(() => resolveOptions(options as never)).toThrow('AUTH_M005'))
})
