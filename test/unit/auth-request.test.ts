import { describe, expect, it } from 'vitest'
import { toAuthRequest } from '../../src/runtime/server/auth-request'

const origin = 'https://app.example'

describe('toAuthRequest', () => {
  const place = { origin, home: '/shop/', cookies: { sessionToken: { name: '__Host-authjs.session-token' } } }
  const parts = (cookie: string) => ({ method: 'GET', path: '/', headers: new Headers({ cookie, 'host': 'evil.example', 'x-forwarded-host': 'evil.example' }) })

  it('is on the trusted origin, whatever the request said', () => {
    expect(new URL(toAuthRequest(parts(''), place, '/api/auth/signin').url).origin).toBe(origin)
  })

  it('turns callback URLs into paths of the app, in query and body', async () => {
    expect(new URL(toAuthRequest(parts(''), place, '/x?callbackUrl=javascript:x').url).searchParams.get('callbackUrl')).toBe('/shop/')
    const request = toAuthRequest(parts(''), place, '/x', { callbackUrl: '//evil.example', name: 'ada' })
    expect(await request.json()).toEqual({ callbackUrl: '/shop/', name: 'ada' })
  })

  it('goes to the app\'s root where nobody said where to go, and keeps what a cookie says', () => {
    const wish = (cookie: string) => new URL(toAuthRequest(parts(cookie), place, '/x').url).searchParams.get('callbackUrl')
    expect(wish('')).toBe('/shop/')
    expect(wish('authjs.callback-url=foo')).toBe('/shop/')
    expect(wish('authjs.callback-url=%2Fx')).toBeNull()
  })

  it('never adds to what goes on to a provider, or comes back from one', async () => {
    const request = toAuthRequest(parts(''), place, '/x/signin/github?callbackUrl=%2Fx&prompt=login', { csrfToken: 'x' })
    expect(new URL(request.url).search).toBe('?prompt=login')
    expect(await request.json()).toEqual({ csrfToken: 'x', callbackUrl: '/x' })
    expect(new URL(toAuthRequest(parts(''), place, '/x/callback/github?code=1').url).search).toBe('?code=1')
  })

  it('COK-04 leaves out callback-url cookies that Auth.js would stumble over, and no other', () => {
    const cookies = (value: string) => toAuthRequest(parts(`a=1; __Secure-authjs.callback-url=${value}; b=2`), place, '/x').headers.get('cookie')
    for (const junk of ['javascript:x', 'foo', '%E0', 'https%3A%2F%2Fevil.example', '', '%2F%2Fevil.example']) expect(cookies(junk)).toBe('a=1; b=2')
    for (const good of ['https%3A%2F%2Fapp.example%2Fx', '%2Fx', origin]) expect(cookies(good)).toContain('callback-url')
  })

  it('has the fields as text and as bytes, too, for whoever reads them so', async () => {
    const fields = { name: 'Ada', callbackUrl: '/x', note: 'ä' }
    const request = () => toAuthRequest(parts(''), place, '/x', fields)
    expect(request().headers.get('content-type')).toBe('application/json')
    expect(await request().json()).toEqual(fields)
    expect(await new Response(request().body).json()).toEqual(fields)
    expect(await request().text()).toBe(JSON.stringify(fields))
    expect(toAuthRequest(parts(''), place, '/x').body).toBeNull()
  })
})
