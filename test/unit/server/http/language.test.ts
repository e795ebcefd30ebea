import { beforeEach, describe, expect, it } from 'vitest'
import type { RequestConfig } from '../../../../src/runtime/server/config/load'
import { toUserLanguage } from '../../../../src/runtime/server/http/language'
import { toEvent } from '../../event'
import { routes } from '../../languages-module'

const origin = 'https://app.example'
const config = {
  origin, basePath: '/api/auth', home: '/', pages: { signIn: '/login' }, cookies: { callbackUrl: { name: 'to' } },
} as RequestConfig
const translated = [{ name: 'login___en', path: '/login' }, { name: 'login___de', path: '/de/anmelden' }]

beforeEach(() => void routes.splice(0, routes.length, ...translated))

function toLocation(location: string, headers: Record<string, string> = {}, own: Partial<RequestConfig> = {}) {
  const answer = { status: 302, headers: { location, vary: 'Cookie' } }
  return toUserLanguage(toEvent(headers), { ...config, ...own }, answer).headers.location
}

describe('a redirect to the sign-in page', () => {
  it('has the language of the page that sent the request', () => {
    expect(toLocation('/login?error=x', { referer: `${origin}/de/konto` })).toBe(`${origin}/de/anmelden?error=x`)
    expect(toLocation('/login', { referer: `${origin}/account` })).toBe(`${origin}/login`)
  })

  it('has the language of the callback URL, in the query or in the cookie', () => {
    expect(toLocation('/login?callbackUrl=%2Fde%2Fkonto')).toBe(`${origin}/de/anmelden?callbackUrl=%2Fde%2Fkonto`)
    const cookie = `to=${encodeURIComponent(`${origin}/de/konto`)}`
    expect(toLocation('/login', { cookie })).toBe(`${origin}/de/anmelden`)
  })

  it.each([
    ['another site', 'https://evil.example/de/x'],
    ['an origin that begins like this one', `${origin}.evil.example/de/x`],
    ['Auth.js itself', `${origin}/api/auth/signin`],
    ['an invalid referer', 'de'],
  ])('has the default language for a referer of %s', (_, referer) => {
    expect(toLocation('/login', { referer })).toBe(`${origin}/login`)
  })

  it('stays below the base URL of the app', () => {
    const own = { home: '/shop/', basePath: '/shop/api/auth', pages: { signIn: '/shop/login' } }
    expect(toLocation('/shop/login', { referer: `${origin}/shop/de/konto` }, own)).toBe(`${origin}/shop/de/anmelden`)
    expect(toLocation('/shop/login', { referer: `${origin}/shop` }, own)).toBe(`${origin}/shop/login`)
  })

  it('keeps the other headers and the status', () => {
    const answer = { status: 302, headers: { location: '/login', vary: 'Cookie' } }
    const event = toEvent({ referer: `${origin}/de/konto` })
    const expected = { status: 302, headers: { location: `${origin}/de/anmelden`, vary: 'Cookie' } }
    expect(toUserLanguage(event, config, answer)).toEqual(expected)
  })
})

describe('other answers', () => {
  it.each(['/account', 'https://id.example/login', 'https://', '/login/x'])('keep the location %s', (location) => {
    expect(toLocation(location, { referer: `${origin}/de/konto` })).toBe(location)
  })

  it('stay as they are without a location, without configured pages, or in an app with one language', () => {
    const answer = { status: 200, headers: {} }
    expect(toUserLanguage(toEvent(), config, answer)).toBe(answer)
    expect(toLocation('/login', { referer: `${origin}/de/x` }, { pages: undefined })).toBe('/login')
    routes.length = 0
    expect(toLocation('/login', { referer: `${origin}/de/x` })).toBe('/login')
  })
})
