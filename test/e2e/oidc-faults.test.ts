import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { findForms } from './canary'
import { begin, comeBack, expectRefused, signInAt, visitProvider } from './oidc'
import { ScriptedProvider } from './scripted-provider'
import type { Endpoint, Fault } from './scripted-provider'

const alpha = await new ScriptedProvider('client-secret-of-alpha').start()
const beta = await new ScriptedProvider('client-secret-of-beta').start()
const endpoints = ['discovery', 'token', 'jwks', 'userinfo'] as const
const ways = endpoints.flatMap(endpoint => (['hang', 'drip'] as const).map(fault => ({ endpoint, fault })))
const slow = await Promise.all(ways.map(async way => ({ ...way, provider: await new ScriptedProvider().start() })))
const env = { ...alpha.toEnv('alpha'), ...beta.toEnv('beta'), ...alpha.toEnv('certified'), AUTH_PLAIN_ID: 'app', AUTH_PLAIN_SECRET: 'x', PLAIN_URL: alpha.issuer }
await setupApp('oidc', { env: Object.assign(env, ...slow.map(({ provider }, index) => provider.toEnv(`slow${index}`))) })

beforeEach(() => [alpha, beta].forEach(provider => provider.reset()))
afterAll(() => Promise.all([alpha, beta, ...slow.map(({ provider }) => provider)].map(provider => provider.stop())))

/** A sign-in whose provider fails after the redirect to it. `certified` also requests userinfo. */
async function signInWhile(endpoint: Endpoint, fault: Fault): Promise<{ visitor: Visitor, response: Response }> {
  const visitor = new Visitor()
  const back = await visitProvider(await begin(visitor, 'certified'))
  alpha.script.faults = { [endpoint]: fault }
  return { visitor, response: await comeBack(visitor, back) }
}

const outages: Fault[] = [500, 502, 503, 429, 'html', 'empty', 'garbage', 'reset', 'huge']
const cases = endpoints.flatMap(endpoint => outages.map(fault => [endpoint, fault] as const))

describe('a provider that fails', () => {
  it.each(cases)('OIDC-10 never signs anybody in if %s fails with %s: the error is Unavailable', async (endpoint, fault) => {
    await expectRefused(await signInWhile(endpoint, fault), 'Unavailable')
    // Other users are not affected.
    expect((await signInAt('beta')).response.headers.get('location')).not.toContain('error')
  })

  it.each(outages)('OIDC-10 never redirects to a provider that fails with %s: a 503 with Retry-After', async (fault) => {
    alpha.reset({ faults: { discovery: fault } })
    const response = await new Visitor().post('/api/auth/signin/alpha', {})
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toMatchObject({ ok: false, error: 'Unavailable' })
  })

  it.each(endpoints)('OIDC-10 never signs anybody in if %s answers 401 or 404: the error is Configuration', async (endpoint) => {
    await expectRefused(await signInWhile(endpoint, 401), 'Configuration')
    alpha.reset()
    await expectRefused(await signInWhile(endpoint, 404), 'Configuration')
  })

  it.each(endpoints)('OIDC-06 never follows a redirect from %s', async (endpoint) => {
    for (const redirect of ['http://169.254.169.254/latest/meta-data', 'http://2852039166/', 'http://[::ffff:a9fe:a9fe]/', 'http://localhost:1/', `${beta.issuer}/token`, 'https://public.example/']) {
      const before = JSON.stringify(beta.calls)
      alpha.reset()
      await expectRefused(await signInWhile(endpoint, { redirect }), 'Configuration')
      expect(JSON.stringify(beta.calls)).toBe(before)
    }
  })

  it('OIDC-06 never accepts a discovery document that names another issuer', async () => {
    await expectRefused(await signInWhile('discovery', { json: { issuer: beta.issuer, token_endpoint: `${beta.issuer}/token`, userinfo_endpoint: `${beta.issuer}/userinfo`, jwks_uri: `${beta.issuer}/jwks` } }), 'Configuration')
  })

  it.each(['http://evil.example/token', 'http://169.254.169.254/token', 'https://169.254.169.254/token', 'https://0xa9fea9fe/token', 'https://[fd00::1]/token', 'https://10.0.0.1/token', 'https://localhost/token', 'https://user:pw@public.example/token'])('OIDC-06 never sends a code to %s', async (address) => {
    const visitor = new Visitor()
    const back = await visitProvider(await begin(visitor, 'alpha'))
    alpha.script.metadata = { token_endpoint: address }
    await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'Configuration')
  })

  it('OIDC-06 never calls another server on the internal network', async () => {
    const visitor = new Visitor()
    const back = await visitProvider(await begin(visitor, 'alpha'))
    alpha.script.metadata = { token_endpoint: `${beta.issuer}/token` }
    const { token } = beta.calls
    await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'Configuration')
    expect(beta.calls.token).toBe(token)
  })

  it('never signs in with a plain OAuth profile that is an error, empty or not an object', async () => {
    for (const json of [{}, [], { error: 'denied' }, null, 'x']) {
      alpha.reset({ answer: { iss: undefined }, faults: { userinfo: { json: json as object } } })
      const { visitor, response } = await signInAt('plain')
      expect(response.headers.get('location')).toMatch(/\?error=(?:Unavailable|OAuthCallbackError)$/)
      expect(await visitor.json('/api/auth/session')).toBeNull()
    }
  })

  it.each([['invalid_grant', 'OAuthCallbackError'], ['invalid_client', 'Configuration'], ['unauthorized_client', 'Configuration']])('reports %s from the token endpoint as %s', async (error, name) => {
    await expectRefused(await signInWhile('token', { json: { error }, status: 400 }), name)
  })

  it.each([
    ['access_denied', 'AccessDenied'], ['temporarily_unavailable', 'Unavailable'], ['server_error', 'Unavailable'],
    ['login_required', 'OAuthCallbackError'], ['<script>alert(1)</script>', 'OAuthCallbackError'],
  ])('OIDC-09 never reflects the error %s from a provider: it is reported as %s', async (error, name) => {
    alpha.reset({ answer: { code: undefined, error, error_description: '<script>alert(2)</script>' } })
    const { visitor, response } = await signInAt('alpha')
    await expectRefused({ visitor, response }, name)
    const page = await visitor.fetch(new URL(response.headers.get('location') ?? '').pathname + `?error=${encodeURIComponent(error)}&error_description=%3Cscript%3Ealert(2)%3C/script%3E`)
    expect(await page.text()).not.toMatch(/<script>alert/)
  })
})

describe('a provider that does not respond', () => {
  it('OIDC-11 never delays a response by more than 10 seconds, at any endpoint that hangs or drips', { timeout: 30_000 }, async () => {
    const times = await Promise.all(slow.map(async ({ provider, endpoint, fault }, index) => {
      const visitor = new Visitor()
      const back = await visitProvider(await begin(visitor, `slow${index}`))
      provider.script.faults = { [endpoint]: fault }
      const start = performance.now()
      await expectRefused({ visitor, response: await comeBack(visitor, back) }, 'Unavailable')
      return performance.now() - start
    }))
    expect(times.filter(time => time < 7_500 || time > 10_000)).toEqual([])
  })

  it('OIDC-11 never delays the start of a sign-in by more than 10 seconds', { timeout: 30_000 }, async () => {
    alpha.reset({ faults: { discovery: 'hang' } })
    const start = performance.now()
    const response = await new Visitor().post('/api/auth/signin/alpha', {})
    expect(await response.json()).toMatchObject({ ok: false, status: 503, error: 'Unavailable' })
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  it('never prevents a user from signing out', { timeout: 30_000 }, async () => {
    const { visitor } = await signInAt('alpha')
    alpha.reset({ faults: { discovery: 'hang' } })
    const response = await visitor.post('/api/auth/signout', { federated: true })
    expect(await response.json()).toMatchObject({ ok: true, status: 200 })
    expect(await visitor.json('/api/auth/session')).toBeNull()
  })
})

it('LOG-02 never logs more than one line for each failure, and never a token, a code or text from a provider', async () => {
  alpha.reset({ signer: 'foreign' })
  await signInAt('alpha')
  alpha.reset({ claims: { nonce: 'CANARY-nonce' } })
  await signInAt('alpha')
  const lines = await new Visitor().json<string[]>('/api/log')
  expect(lines.length).toBeGreaterThan(50)
  for (const canary of [alpha.canary, alpha.secret, 'CANARY-description', 'CANARY-nonce']) expect(findForms(lines.join('\n'), canary)).toEqual([])
  expect(lines.filter(line => !/^Listening on |^\[nuxt-authjs\] (?:sign-in failed: \w+: |the session at alpha was not ended: ).+$/.test(line))).toEqual([])
})
