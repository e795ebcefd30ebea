import { parse } from 'cookie-es'
import { describe, expect, it, vi } from 'vitest'
import { toAuthRequest } from '../../../../src/runtime/server/authjs/request'
import { resolveCookies } from '../../../../src/runtime/server/config/cookies'
import { credentials } from '../../../../src/runtime/server/define'
import { getSessionCookie } from '../../../../src/runtime/server/http/cookies'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { Visitor } from '../../visitor'

const origin = 'https://app.example'

describe('toAuthRequest', () => {
  const place = { origin, home: '/shop/', cookies: resolveCookies(undefined, true) }
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
    expect(await request.json()).toEqual({ csrfToken: 'x', callbackUrl: '/shop/x' })
    expect(new URL(toAuthRequest(parts(''), place, '/x/callback/github?code=1').url).search).toBe('?code=1')
  })

  it('COK-04 leaves out callback-url cookies that Auth.js would stumble over, and no other', () => {
    const cookies = (value: string) => toAuthRequest(parts(`a=1; __Secure-authjs.callback-url=${value}; b=2`), place, '/x').headers.get('cookie')
    for (const junk of ['javascript:x', 'foo', '%E0', 'https%3A%2F%2Fevil.example', '', '%2F%2Fevil.example']) expect(cookies(junk)).toBe('a=1; b=2')
    for (const good of ['https%3A%2F%2Fapp.example%2Fx', '%2Fx', origin]) expect(cookies(good)).toContain('callback-url')
  })

  it.each([
    ['s=whole; s.0=part; s.1=part; s.5=part', 's=whole'],
    ['s.0=a; s.1=b', 's=a'],
    [`s.0=${'x'.repeat(3936)}; s.1=b; s.2=c`, `s=${'x'.repeat(3936)}b`],
    ['s.1=b; s.x=c; s-2=d; sx=e; S=f', 'S=f'],
    ['s=first; s=second', 's=first'],
    ['s="quoted"', 's=quoted'],
    ['s=%7Cpiped', 's=%7Cpiped'],
    ['s=%E0broken', 's=%25E0broken'],
    ['s=; s.0=a', 's=a'],
    ['s=', ''],
  ])('SES-15 has the session cookie as this module reads it, or none: %.40s', (sent, handed) => {
    const own = { ...place, cookies: resolveCookies({ sessionToken: { name: 's' } }, true) }
    expect(toAuthRequest(parts(`a=1; ${sent}; b=2`), own, '/x').headers.get('cookie')).toBe(
      handed.startsWith('S') ? 'a=1; S=f; b=2' : ['a=1', ' b=2'].join(';') + (handed && `; ${handed}`))
    expect(getSessionCookie(toEvent({ cookie: sent }), own.cookies.sessionToken)).toBe(
      parse(toAuthRequest(parts(sent), own, '/x').headers.get('cookie') ?? '').s)
  })

  it('RED-11 has a callback URL from a cookie sanitised, whatever the cookie is called', () => {
    const own = { ...place, cookies: resolveCookies({ callbackUrl: { name: 'mine' } }, true) }
    for (const name of ['__Host-authjs.callback-url', '__Secure-authjs.callback-url', 'mine']) {
      const read = (value: string) => parse(toAuthRequest(parts(`${name}=${value}`), own, '/x').headers.get('cookie') ?? '')[name]
      expect(read('/..//evil.example')).toBe('/evil.example')
      expect(read('%2F..%2F%2Fevil.example')).toBe('/evil.example')
      expect(read(encodeURIComponent(`${origin}/x/..//evil.example`))).toBe(`${origin}/evil.example`)
      for (const junk of [`${origin}.evil.example/`, '/\\evil.example', 'x', `${origin}@evil.example/`]) expect(read(encodeURIComponent(junk)), junk).toBeUndefined()
      expect(read(`%00; ${name}=/second`)).toBeUndefined()
    }
  })

  it('has the fields as JSON and as text, for whoever reads them so', async () => {
    const fields = { name: 'Ada', callbackUrl: '/x', note: 'ä' }
    const request = () => toAuthRequest(parts(''), place, '/x', fields)
    expect(request().headers.get('content-type')).toBe('application/json')
    expect(request().body).toBeTruthy()
    expect(await request().json()).toEqual({ ...fields, callbackUrl: '/shop/x' })
    expect(await request().text()).toBe(JSON.stringify({ ...fields, callbackUrl: '/shop/x' }))
    expect(toAuthRequest(parts(''), place, '/x').body).toBeNull()
  })

  it('treats __proto__ in a form like any other name', async () => {
    const fields = JSON.parse('{ "__proto__": { "password": "x" }, "callbackUrl": "/x" }') as Record<string, unknown>
    const body: unknown = await toAuthRequest(parts(''), place, '/x', fields).json()
    expect([Object.hasOwn(body as object, '__proto__'), (body as { password?: string }).password]).toEqual([true, undefined])
  })

  it('never lets Auth.js change what came in', async () => {
    const fields = { name: 'Ada' }
    Object.assign(await toAuthRequest(parts(''), place, '/x', fields).json() as object, { name: 'Eve' })
    expect(fields).toEqual({ name: 'Ada' })
  })

  it('is a web Request with the headers that the client sent', () => {
    const request = toAuthRequest(parts('a=1'), place, '/x')
    const { headers } = request
    expect(request).toBeInstanceOf(Request)
    expect(Object.fromEntries(headers)).toEqual({ 'cookie': 'a=1', 'host': 'evil.example', 'x-forwarded-host': 'evil.example' })
  })

  it('never says how long the body is that Auth.js makes of it', () => {
    const { headers } = toAuthRequest({ ...parts(''), headers: new Headers({ 'content-length': '7' }) }, place, '/x', {})
    expect(headers.get('content-length')).toBeNull()
  })
})

describe('the request that `authorize` gets', () => {
  it('is a web Request with what the client sent', async () => {
    vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
    vi.stubEnv('AUTH_URL', origin)
    const seen: Request[] = []
    current.definition = { providers: [credentials({ credentials: { name: {} }, authorize: ({ name }, request) => {
      seen.push(request)
      return { id: '1', name }
    } })] }
    const visitor = new Visitor()
    await visitor.post('/api/auth/callback/credentials?x=1', { name: 'Ada' })
    const [request] = seen
    expect(request).toBeInstanceOf(Request)
    expect([request?.method, request?.url]).toEqual(['POST', `${origin}/api/auth/callback/credentials?x=1`])
    expect(await request?.json()).toEqual({ csrfToken: expect.any(String), name: 'Ada' })
    expect([...request?.headers.keys() ?? []]).toEqual(['content-type', 'cookie', 'host', 'x-auth-return-redirect'])
    expect(request?.headers.get('cookie')).toContain('__Host-authjs.csrf-token=')
  })
})
