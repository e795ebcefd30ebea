import { beforeEach, describe, expect, it, vi } from 'vitest'
import { sealCsrfToken } from '../../../../src/runtime/server/token/csrf'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const older = 'd5Sp3Oi9UyT6eR4cN2bV8zQa0Tm1kZ7x'
const definition = { providers: [credentials({ credentials: { name: {}, password: { type: 'password' } }, authorize: () => null })] }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = definition
})

async function get(path: string, headers: Record<string, string> = {}) {
  const event = toEvent(headers, `/api/auth${path}`)
  const response = await handler(event) as Response
  const cookies = [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
  return { status: response.status, headers: response.headers, text: await response.text(), cookies }
}

describe('the default pages', () => {
  it.each([
    ['/signin', 200], ['/signin?error=CredentialsSignin&code=credentials', 401], ['/signin?error=MissingCSRF', 403], ['/signin?error=Configuration', 503], ['/signin?error=x', 400],
    ['/signout', 200], ['/verify-request?provider=mail', 200], ['/error?error=AccessDenied', 403], ['/error?error=Verification', 400], ['/error', 400],
    ['/error?error=__proto__', 400], ['/error?error=constructor', 400], [`/error?error=${'a'.repeat(10_000)}`, 400], ['/error?error=%3Cb%3E', 400], ['/error?error=%E0%A4%A', 400],
  ])('INP-06 %s is %i', async (path, status) => {
    const page = await get(path)
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(page.headers.get('retry-after')).toBe(status === 503 ? '30' : null)
    expect(page.text).not.toMatch(/<b>|a{12}|__proto__|constructor/)
  })

  it('WIN-01 never stay in reach of the site that opened them, except for the popup\'s last page', async () => {
    for (const path of ['/signin', '/signout', '/error', '/verify-request']) expect((await get(path)).headers.get('cross-origin-opener-policy'), path).toBe('same-origin')
    expect((await get('/popup?flow=1')).headers.get('cross-origin-opener-policy')).toBeNull()
  })

  it('allow a browser nothing but their stylesheet and form', async () => {
    for (const path of ['/signin', '/signout', '/error', '/verify-request']) {
      const { headers } = await get(path)
      const form = path.startsWith('/sign') ? '\'self\' https:' : '\'none\''
      expect(headers.get('content-security-policy')).toBe(`default-src 'none'; style-src 'self'; img-src 'self'; form-action ${form}; frame-ancestors 'none'; base-uri 'none'`)
      expect([headers.get('x-content-type-options'), headers.get('cache-control'), headers.get('vary'), headers.get('referrer-policy')]).toEqual(['nosniff', 'private, no-store', 'Cookie', 'same-origin'])
    }
  })

  it('allow a script only for passkeys, another host only for the logo, and http only without TLS', async () => {
    const passkey = { id: 'passkey', type: 'webauthn', name: 'Passkey', formFields: { email: {} } }
    vi.stubEnv('AUTH_URL', 'http://localhost:3000')
    const adapter = new Proxy({}, { get: () => async () => null })
    current.definition = { providers: [passkey], adapter, session: { strategy: 'jwt' }, theme: { logo: 'https://cdn.example/logo.svg' } }
    expect((await get('/signin')).headers.get('content-security-policy')).toBe('default-src \'none\'; style-src \'self\'; img-src \'self\' https://cdn.example; script-src \'self\'; connect-src \'self\'; form-action \'self\' https: http:; frame-ancestors \'none\'; base-uri \'none\'')
    expect((await get('/signout')).headers.get('content-security-policy')).not.toContain('script-src')
    expect(await get('/passkey.js')).toMatchObject({ status: 200, text: expect.stringContaining('parseRequestOptionsFromJSON') })
  })

  it.each([['/style.css', 'text/css; charset=utf-8'], ['/passkey.js', 'text/javascript; charset=utf-8']])('serve %s with its own type', async (path, type) => {
    const { status, headers } = await get(path)
    expect([status, headers.get('content-type'), headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual([200, type, 'nosniff', 'private, no-store'])
  })

  it('throw AUTH_D002 if a text is invalid', async () => {
    current.definition = { ...definition, texts: { sign: 'x' } }
    await expect(get('/signin')).rejects.toMatchObject({ cause: { code: 'AUTH_D002' } })
  })
})

describe('the form', () => {
  const getFields = (text: string) => Object.fromEntries([...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, value]))

  it('has a CSRF token, and sets the cookie that Auth.js expects with it', async () => {
    const { text, cookies } = await get('/signin')
    const { csrfToken } = getFields(text)
    expect(csrfToken).toMatch(/^[\w-]{43}$/)
    expect(cookies).toEqual([`__Host-authjs.csrf-token=${encodeURIComponent(await sealCsrfToken(String(csrfToken), [secret]))}; Path=/; HttpOnly; Secure; SameSite=Lax`])
    expect(getFields((await get('/signin')).text).csrfToken).not.toBe(csrfToken)
  })

  it('keeps the token that the browser already has', async () => {
    const cookie = `__Host-authjs.csrf-token=${encodeURIComponent(await sealCsrfToken('own', [secret]))}`
    const { text, cookies } = await get('/signout', { cookie })
    expect([getFields(text).csrfToken, cookies]).toEqual(['own', []])
  })

  it('CSRF-05 keeps a token of the previous secret, and renews its cookie', async () => {
    current.definition = { ...definition, secret: [secret, older] }
    const { text, cookies } = await get('/signin', { cookie: `__Host-authjs.csrf-token=${encodeURIComponent(await sealCsrfToken('own', [older]))}` })
    expect(getFields(text).csrfToken).toBe('own')
    expect(cookies[0]).toContain(encodeURIComponent(await sealCsrfToken('own', [secret, older])))
  })

  it.each(['a', 'a|b', 'a|b|c', '|', 'own|', '%E0'])('CSRF-02 never accepts the forged cookie %s', async (cookie) => {
    const { text } = await get('/signin', { cookie: `__Host-authjs.csrf-token=${encodeURIComponent(cookie)}` })
    expect(getFields(text).csrfToken).toMatch(/^[\w-]{43}$/)
  })

  it.each([['/account?tab=1', '/account?tab=1'], ['https://evil.example', '/'], ['javascript:alert(1)', '/'], ['//evil.example', '/'], ['/\\evil.example', '/'], ['', '/']])('RED-09 resolves callbackUrl %j to %s', async (callbackUrl, expected) => {
    for (const path of ['/signin', '/signout']) expect(getFields((await get(`${path}?${new URLSearchParams({ callbackUrl })}`)).text).callbackUrl).toBe(expected)
    for (const path of ['/error', '/verify-request', '/signout']) expect((await get(`${path}?${new URLSearchParams({ callbackUrl })}`)).text).not.toMatch(/evil|javascript/)
  })

  it('leads to the callback URL of an OAuth sign-in that failed', async () => {
    const cookie = '__Host-authjs.callback-url=https%3A%2F%2Fapp.example%2Faccount'
    expect(getFields((await get('/signin?error=OAuthCallbackError', { cookie })).text).callbackUrl).toBe('/account')
    expect(getFields((await get('/signin', { cookie: '__Host-authjs.callback-url=https://evil.example' })).text).callbackUrl).toBe('/')
  })
})

describe('the app\'s own pages', () => {
  beforeEach(() => {
    current.definition = { ...definition, pages: { signIn: '/login', signOut: '/bye?from=auth', error: '/oops', verifyRequest: 'https://mail.example/sent' } }
  })

  it.each([
    ['/signin', '/login?callbackUrl=%2F'],
    ['/signin?callbackUrl=%2Fx%3Fa%3D1&error=CredentialsSignin&code=locked', '/login?callbackUrl=%2Fx%3Fa%3D1&error=CredentialsSignin&code=locked'],
    ['/signin?callbackUrl=https%3A%2F%2Fevil.example', '/login?callbackUrl=%2F'],
    ['/signout', '/bye?from=auth'],
    ['/signout?callbackUrl=%2Fx', '/bye?from=auth&callbackUrl=%2Fx'],
    ['/error?error=AccessDenied', '/oops?error=AccessDenied'],
    ['/error?error=%0D%0ALocation:x', '/oops?error=%0D%0ALocation%3Ax'],
    ['/verify-request?provider=mail&type=email', 'https://mail.example/sent?provider=mail&type=email'],
  ])('answer %s with a redirect to %s', async (path, location) => {
    const { status, headers, cookies } = await get(path)
    expect([status, headers.get('location'), cookies]).toEqual([302, location, []])
  })

  it('never are the default pages', async () => {
    current.definition = { ...definition, pages: { signIn: '/api/auth/signin', error: '/api/auth/signin' } }
    expect((await get('/signin')).status).toBe(200)
    expect((await get('/error?error=AccessDenied')).status).toBe(403)
  })
})
