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

  it('names all unknown options at once, and every option that is known where they stand', () => {
    const options = { origin: 'x', redirect: { login: '/x', logout: '/y' }, session: { interval: 1 } }
    expect(() => resolveOptions(options as never)).toThrow(/AUTH_M004: nuxt\.config: `auth\.origin`, `auth\.redirect\.login`, `auth\.redirect\.logout`, `auth\.session\.interval` are not options of nuxt-authjs\. Use one of: auth\.basePath, .*auth\.redirect\.home, auth\.session\./)
  })

  it.each([
    [{ basePath: '/auth', redirect: { signIn: '/auth/login' } }, 'auth.redirect.signIn is /auth/login, and below /auth '], [{ redirect: { signIn: '/api/auth/signin' } }, 'auth.redirect.signIn'],
    [{ basePath: '/auth/', redirect: { home: '/auth' } }, 'auth.redirect.home is /auth, and below /auth '],
  ])('refuses %j with AUTH_M010: Auth.js answers there', (options, message) => {
    expect(() => resolveOptions(options)).toThrow(`AUTH_M010: ${message}`)
  })

  it('takes a page beside the base path', () => {
    expect(resolveOptions({ basePath: '/auth', redirect: { signIn: '/authors', home: '/x/auth' } }).redirect).toEqual({ signIn: '/authors', home: '/x/auth' })
  })

  it.each([
    { basePath: 'api/auth' }, { basePath: '/' }, { basePath: '' }, { basePath: '//evil.example' }, { basePath: '/a?b' }, { basePath: 1 },
    { redirect: { signIn: 'https://evil.example' } }, { redirect: { home: '//evil.example' } }, { redirect: { home: '/\\evil.example' } },
    { protect: 'yes' }, { protect: { role: 'admin' } }, { protect: 'guest ' },
  ])('refuses the impossible %j with AUTH_M005', options => expect(() => resolveOptions(options as never)).toThrow('AUTH_M005'))
})
