import { decode, encode } from '@auth/core/jwt'
import { url } from '@nuxt/test-utils/e2e'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { secret, setupApp, Visitor } from './app'
import { findForms, toBytes } from './canary'
import { begin, comeBack, expectRefused, flowCookies, signInAt, visitProvider } from './oidc'
import { ScriptedProvider } from './scripted-provider'

const alpha = await new ScriptedProvider('client-secret-of-alpha').start()
const beta = await new ScriptedProvider('client-secret-of-beta').start()
await setupApp('oidc', { env: { ...alpha.toEnv('alpha'), ...alpha.toEnv('certified'), ...beta.toEnv('beta'), AUTH_PLAIN_ID: 'app', AUTH_PLAIN_SECRET: 'x', PLAIN_URL: beta.issuer } })

beforeEach(() => [alpha, beta].forEach(provider => provider.reset()))
afterAll(() => Promise.all([alpha.stop(), beta.stop()]))

describe('a sign-in with a provider', () => {
  it('fills the session from profile and account, and returns to the requested page', async () => {
    const { visitor, response } = await signInAt('alpha', new Visitor(), { callbackUrl: '/?back' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(url('/?back'))
    expect(await visitor.json('/api/auth/session')).toEqual({ user: { name: 'Ada', email: 'ada@app.example' }, uid: 'ada', provider: 'alpha', isVerified: true, expires: expect.any(String) })
    expect(flowCookies.filter(name => visitor.cookies.has(name))).toEqual([])
  })

  it('works with plain OAuth, without an id_token', async () => {
    beta.reset({ answer: { iss: undefined } })
    const { visitor } = await signInAt('plain')
    expect(await visitor.json('/api/auth/session')).toMatchObject({ user: { name: 'Ada' }, uid: 'ada', provider: 'plain' })
  })

  it('LEAK-01 never sends a token of the provider to a browser, in any encoding', async () => {
    const { visitor, response } = await signInAt('alpha')
    const paths = ['/', '/api/auth/session', '/_payload.json', '/nowhere', '/api/auth/signin', '/api/auth/error', '/api/auth/providers', '/api/auth/csrf', '/api/token']
    const answers = [response, ...await Promise.all(paths.map(path => visitor.fetch(path)))]
    for (const answer of answers) expect(findForms(await toBytes(answer), alpha.canary)).toEqual([])
    expect(await visitor.json('/api/token')).toMatchObject({ keys: expect.arrayContaining(['accessToken', 'refreshToken', 'federatedSignOut']), accessToken: expect.any(Number), refreshToken: expect.any(Number) })
  })

  it('LEAK-11 never sends the code to another site as the referrer', async () => {
    const { response } = await signInAt('alpha')
    expect(response.headers.get('referrer-policy')).toBe('same-origin')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it('checks the signature with keys that it fetches once', async () => {
    await signInAt('alpha')
    const { jwks } = alpha.calls
    const { visitor } = await signInAt('alpha')
    expect(alpha.calls.jwks).toBe(jwks)
    expect(await visitor.json('/api/auth/session')).toMatchObject({ uid: 'ada' })
  })
})

describe('the parameters of an authorization request', () => {
  it('OIDC-12 never let the client choose the redirect URI, or the state, nonce or PKCE challenge', async () => {
    const evil = { redirect_uri: 'https://evil.example', client_id: 'evil', response_type: 'token', response_mode: 'fragment', state: 'evil', nonce: 'evil', code_challenge: 'evil', code_challenge_method: 'plain', request: 'evil', request_uri: 'https://evil.example', claims: '{}', audience: 'evil', __proto__x: 'evil' }
    const at = await begin(new Visitor(), 'alpha', {}, `?${new URLSearchParams(evil)}`)
    const names = [...at.searchParams.keys()].sort()
    expect(names).toEqual(['client_id', 'code_challenge', 'code_challenge_method', 'nonce', 'redirect_uri', 'response_type', 'scope', 'state'])
    expect(at.search).not.toContain('evil')
    expect(at.searchParams.get('redirect_uri')).toBe(url('/api/auth/callback/alpha'))
  })

  it('include hints from the client and the parameters of the definition', async () => {
    const at = await begin(new Visitor(), 'alpha', {}, '?login_hint=ada&prompt=login&scope=openid+mail')
    expect(Object.fromEntries(at.searchParams)).toMatchObject({ login_hint: 'ada', prompt: 'login', scope: 'openid mail', response_type: 'code', client_id: 'app' })
  })
})

describe('redirects', () => {
  const payloads = [
    'https://evil.example', '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example', '/..//evil.example', '/%2e%2e//evil.example', 'https:evil.example', 'https://user:pw@127.0.0.1/', 'blob:https://app.example/x',
    'javascript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', '/\t/evil.example', '/x\r\nset-cookie:%20a=b', 'http://127.0.0.1.evil.example', '%zz', '\u0000', 'x'.repeat(20_000), '/?next=//evil.example', '\uD800',
  ]
  const isOurs = (target: string | null) => {
    const at = new URL(target ?? '', url('/'))
    return at.origin === new URL(url('/')).origin && !at.username && !/[\r\n]/.test(String(target))
  }

  it('RED-01, RED-04 never leave the app after a sign-in with an injected callbackUrl', async () => {
    for (const callbackUrl of payloads) {
      const { visitor, response } = await signInAt('alpha', new Visitor(), { callbackUrl })
      expect(response.status, callbackUrl).toBe(302)
      expect(isOurs(response.headers.get('location')), callbackUrl).toBe(true)
      expect(await visitor.json('/api/auth/session')).not.toBeNull()
    }
  })

  it('RED-01, RED-04 never leave the app after a callback because of its query or a cookie', async () => {
    for (const payload of payloads.map(payload => payload.slice(0, 3000).replace('\uD800', ''))) {
      const visitor = new Visitor()
      const back = await visitProvider(await begin(visitor, 'alpha', {}, `?callbackUrl=${encodeURIComponent(payload)}`))
      back.searchParams.set('callbackUrl', payload)
      visitor.cookies.set('authjs.callback-url', encodeURIComponent(payload))
      const response = await comeBack(visitor, back)
      expect(response.status, payload).toBe(302)
      expect(isOurs(response.headers.get('location')), payload).toBe(true)
    }
  })

  it('never lead to an authorization page without TLS', async () => {
    for (const authorization_endpoint of ['http://evil.example/authorize', 'javascript:alert(1)//', 'ftp://evil.example/']) {
      alpha.reset({ metadata: { authorization_endpoint } })
      const response = await new Visitor().post('/api/auth/signin/alpha', {})
      expect(await response.json()).toMatchObject({ ok: false, error: 'Configuration', url: url('/api/auth/error?error=Configuration') })
    }
  })
})

describe('OIDC-01, OIDC-02, OIDC-05 the id_token', () => {
  const hour = Math.floor(Date.now() / 1000) - 3600

  it.each([
    ['a wrong nonce', { nonce: 'wrong' }],
    ['no nonce', { nonce: undefined }],
    ['a foreign issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['a foreign audience', { aud: 'another-app' }],
    ['no audience', { aud: undefined }],
    ['two audiences and a foreign azp', { aud: ['app', 'another-app'], azp: 'another-app' }],
    ['an end in the past', { exp: hour }],
    ['no end', { exp: undefined }],
    ['a beginning in the future', { nbf: hour + 7200 }],
    ['no subject', { sub: undefined }],
  ])('never signs in with %s', async (_, claims) => {
    alpha.reset({ claims })
    await expectRefused(await signInAt('alpha'), 'OAuthCallbackError')
  })

  it.each(['foreign', 'none', 'public'] as const)('OIDC-05 never signs in with the signature: %s', async (signer) => {
    alpha.reset({ signer })
    await expectRefused(await signInAt('alpha'), 'OAuthCallbackError')
  })

  it('OIDC-05 never fetches keys because of an unsupported algorithm', async () => {
    alpha.reset({ signer: 'none' })
    const { jwks } = alpha.calls
    await signInAt('alpha')
    expect(alpha.calls.jwks).toBe(jwks)
  })
})

describe('state and PKCE', () => {
  async function underWay(provider = 'alpha') {
    const visitor = new Visitor()
    return { visitor, back: await visitProvider(await begin(visitor, provider)) }
  }

  it.each<[string, (back: URL, visitor: Visitor) => void]>([
    ['wrong', back => back.searchParams.set('state', 'wrong')],
    ['missing', back => back.searchParams.delete('state')],
    ['sent twice, the right one last', (back) => { back.search = `?state=wrong&${back.searchParams}` }],
    ['sent twice, the right one first', back => back.searchParams.append('state', 'wrong')],
    ['without its cookie', (_, visitor) => visitor.cookies.delete('authjs.state')],
    ['beside a cookie of garbage', (_, visitor) => visitor.cookies.set('authjs.state', 'x.y.z')],
  ])('OIDC-03 never signs in with a state that is %s', async (_, change) => {
    const { visitor, back } = await underWay()
    change(back, visitor)
    await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'OAuthCallbackError')
  })

  it('OIDC-03 never signs in after 15 minutes', async () => {
    const { visitor, back } = await underWay()
    const salt = 'authjs.state'
    const token = await decode({ token: visitor.cookies.get(salt), secret, salt })
    expect(Number(token?.exp) - Number(token?.iat)).toBe(15 * 60)
    visitor.cookies.set(salt, await encode({ token: { ...token }, secret, salt, maxAge: -60 }))
    await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'OAuthCallbackError')
  })

  it('OIDC-03 never signs in twice with one response', async () => {
    const { visitor, back } = await underWay()
    const thief = new Visitor()
    visitor.cookies.forEach((value, name) => thief.cookies.set(name, value))
    await comeBack(visitor, back)
    await expectRefused({ visitor: thief, response: await comeBack(thief, back) }, 'OAuthCallbackError')
    expect(await visitor.json('/api/auth/session')).toMatchObject({ uid: 'ada' })
  })

  it('OIDC-04 never signs in without the verifier, or with a code from another flow', async () => {
    const { visitor, back } = await underWay()
    visitor.cookies.delete('authjs.pkce.code_verifier')
    await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'OAuthCallbackError')
    const [victim, attacker] = [await underWay(), await underWay()]
    victim.back.searchParams.set('code', attacker.back.searchParams.get('code') ?? '')
    await expectRefused({ visitor: victim.visitor, response: await comeBack(victim.visitor, victim.back) }, 'OAuthCallbackError')
  })

  it('OIDC-07 never signs in with the response of another issuer', async () => {
    alpha.reset({ answer: { iss: beta.issuer } })
    await expectRefused(await signInAt('alpha'), 'OAuthCallbackError')
    alpha.reset({ answer: { iss: undefined }, metadata: { authorization_response_iss_parameter_supported: true } })
    await expectRefused(await signInAt('alpha'), 'OAuthCallbackError')
  })

  it('OIDC-08 never finishes a flow at another provider than it started at', async () => {
    const { visitor, back } = await underWay('alpha')
    back.pathname = '/api/auth/callback/beta'
    back.searchParams.set('iss', beta.issuer)
    const { token } = beta.calls
    await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'OAuthCallbackError')
    expect(beta.calls.token).toBe(token)
  })
})

describe('the identity of a user', () => {
  it('OIDC-14 is never linked by an email address that a second provider claims', async () => {
    await signInAt('linked-alpha')
    beta.reset({ claims: { sub: 'mallory', email_verified: false } })
    await expectRefused(await signInAt('linked-beta'), 'OAuthAccountNotLinked')
    expect(await (await signInAt('linked-alpha')).visitor.json('/api/auth/session')).toMatchObject({ uid: 'ada', user: { name: 'Ada' } })
  })

  it('SES-05 is never linked to an existing session, unless the user asks for it', async () => {
    const whoIs = async (provider: string) => (await (await signInAt(provider)).visitor.json<{ user: { name: string } }>('/api/auth/session')).user.name
    const { visitor } = await signInAt('linked-alpha')
    beta.reset({ claims: { sub: 'grace', name: 'Grace', email: 'grace@app.example' } })
    const { visitor: victim } = await signInAt('linked-beta', visitor)
    expect(await victim.json('/api/auth/session')).toMatchObject({ uid: 'grace', user: { name: 'Grace' } })
    expect([await whoIs('linked-beta'), await whoIs('linked-alpha')]).toEqual(['Grace', 'Ada'])

    beta.reset({ claims: { sub: 'ada-at-beta', name: 'Countess', email: 'countess@app.example' } })
    const { visitor: ada } = await signInAt('linked-alpha')
    await signInAt('linked-beta', ada, { link: true })
    expect(await whoIs('linked-beta')).toBe('Ada')
  })

  it('SES-05 is never linked through a request for another provider, or twice through one request', async () => {
    const { visitor } = await signInAt('linked-alpha')
    await begin(visitor, 'linked-alpha', { link: true })
    expect(visitor.cookies.get('authjs.flow')).toBeDefined()
    beta.reset({ claims: { sub: 'eve', name: 'Eve', email: 'eve@app.example' } })
    await signInAt('linked-beta', visitor)
    expect(visitor.cookies.has('authjs.flow')).toBe(false)
    expect(await (await signInAt('linked-beta')).visitor.json('/api/auth/session')).toMatchObject({ user: { name: 'Eve' } })
  })

  it('never comes from a profile without an id', async () => {
    beta.reset({ claims: { id: undefined }, answer: { iss: undefined } })
    await expectRefused(await signInAt('plain'), 'OAuthCallbackError')
  })

  it('OIDC-15 never comes from a provider without TLS in production', async () => {
    const response = await new Visitor().post('/api/auth/signin/open', {})
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('id.example')
    expect((await new Visitor().fetch('/api/auth/callback/open?code=x')).status).toBe(503)
  })
})

describe('federated sign-out', () => {
  it('ends the session of the app, and redirects to the provider to end its session', async () => {
    const { visitor } = await signInAt('alpha')
    const response = await visitor.post('/api/auth/signout', { federated: true, callbackUrl: '/?bye' })
    const at = new URL((await response.json() as { url: string }).url)
    expect(at.origin + at.pathname).toBe(`${alpha.issuer}/end-session`)
    expect(Object.fromEntries(at.searchParams)).toEqual({ id_token_hint: expect.stringMatching(/^e.[^\n\r.\u2028\u2029]*\..[^\n\r.\u2028\u2029]*\..+$/), post_logout_redirect_uri: url('/?bye'), client_id: 'app' })
    expect(await visitor.json('/api/auth/session')).toBeNull()
  })

  it('is an ordinary sign-out if the provider has no session to end', async () => {
    beta.reset({ answer: { iss: undefined } })
    const ordinary = async (provider: string) => {
      const { visitor } = await signInAt(provider)
      const response = await visitor.post('/api/auth/signout', { federated: true, callbackUrl: '/?bye' })
      expect(await response.json()).toMatchObject({ ok: true, url: url('/?bye') })
      expect(await visitor.json('/api/auth/session')).toBeNull()
    }
    await ordinary('plain')
    alpha.reset({ metadata: { end_session_endpoint: undefined } })
    await ordinary('alpha')
    alpha.reset({ metadata: { end_session_endpoint: 'http://evil.example' } })
    await ordinary('alpha')
    const { visitor } = await signInAt('beta')
    beta.reset({ faults: { discovery: 'reset' } })
    expect(await (await visitor.post('/api/auth/signout', { federated: true })).json()).toMatchObject({ ok: true })
    expect(await (await new Visitor().post('/api/auth/signout', { federated: true })).json()).toMatchObject({ ok: true })
  })

  it('never redirects if the sign-out is refused', async () => {
    const { visitor } = await signInAt('alpha')
    const response = await visitor.post('/api/auth/signout', { federated: true, csrfToken: 'wrong' })
    expect(await response.json()).toMatchObject({ ok: false, error: 'MissingCSRF' })
    expect(await visitor.json('/api/auth/session')).toMatchObject({ uid: 'ada' })
  })

  it('never lets the definition or a client set the claim that it relies on', async () => {
    const { visitor } = await signInAt('alpha')
    await visitor.post('/api/auth/session', { data: { federatedSignOut: { provider: 'beta', idToken: 'x' } } })
    const { url: at } = await (await visitor.post('/api/auth/signout', { federated: true })).json() as { url: string }
    expect(at).toContain(`${alpha.issuer}/end-session`)
  })
})
