import { describe, expect, it } from 'vitest'
// Auth.js does not export its defaults.
import { defaultCookies } from '../../../../node_modules/@auth/core/lib/utils/cookie.js'
import { resolveCookies } from '../../../../src/runtime/server/config/cookies'

const keys = Object.keys(defaultCookies(true)) as (keyof ReturnType<typeof defaultCookies>)[]

describe('resolveCookies', () => {
  it('COK-01 binds every cookie of an https app to its host', () => {
    for (const { name, options } of Object.values(resolveCookies(undefined, true))) {
      expect(name).toMatch(/^__Host-/)
      expect(options).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/', secure: true })
    }
  })

  it('uses Auth.js\'s names and attributes over http', () => {
    const cookies = resolveCookies(undefined, false)
    for (const key of keys) expect(cookies[key]).toEqual(defaultCookies(false)[key])
  })

  it.each([true, false])('has Auth.js\'s own attributes, secure: %s', (isSecure) => {
    const cookies = resolveCookies(undefined, isSecure)
    for (const key of keys) expect(cookies[key].options).toEqual(defaultCookies(isSecure)[key].options)
  })

  it('takes names and attributes from the definition, and its defaults for the rest', () => {
    const { state, nonce, csrfToken } = resolveCookies({ state: { name: 'mine' }, nonce: { options: { sameSite: 'none' } }, csrfToken: { options: { path: '/' } } }, true)
    expect(state).toEqual({ name: 'mine', options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true, maxAge: 900 } })
    expect(nonce).toEqual({ name: '__Secure-authjs.nonce', options: { httpOnly: true, sameSite: 'none', path: '/', secure: true } })
    expect(csrfToken.name).toBe('__Host-authjs.csrf-token')
  })

  it.each([
    [{}, '__Host-'],
    [{ domain: 'app.example' }, '__Secure-'],
    [{ path: '/app' }, '__Secure-'],
    [{ secure: false }, ''],
  ])('gives a session cookie with the attributes %j the prefix %j', (options, prefix) => {
    expect(resolveCookies({ sessionToken: { options } }, true).sessionToken.name).toBe(`${prefix}authjs.session-token`)
  })
})
