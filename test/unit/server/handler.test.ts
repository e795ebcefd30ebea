import Passkey from '@auth/core/providers/passkey'
import { createError } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials } from '../../../src/runtime/server/define'
import { requireSession } from '../../../src/runtime/server/guard/require-session'
import handler from '../../../src/runtime/server/handler'
import { getServerSession } from '../../../src/runtime/server/session/session'
import { current } from '../definition-module'
import { toEvent } from '../event'
import { MemoryAdapter } from '../memory-adapter'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'

beforeEach(() => {
  for (const name of ['AUTH_SECRET', 'AUTH_URL', 'AUTH_TRUST_HOST']) vi.stubEnv(name, '')
  vi.spyOn(console, 'error').mockImplementation(() => {})
  current.definition = { providers: [] }
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const ask = async (path: string, headers?: Record<string, string>) => await Promise.resolve(handler(toEvent(headers, path)))

describe('a server that could not keep a session safe', () => {
  it.each([
    [{}, 'AUTH_S001'],
    [{ AUTH_URL: 'https://app.example' }, 'AUTH_S001'],
    [{ AUTH_SECRET: 'short', AUTH_URL: 'https://app.example' }, 'AUTH_S002'],
    [{ AUTH_SECRET: secret }, 'AUTH_S003'],
    [{ AUTH_SECRET: secret, AUTH_URL: 'app.example' }, 'AUTH_S004'],
  ])('SEC-01 HST-03 says so everywhere, signed in or not: %j', async (variables, code) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    // What is said first differs where both are missing.
    const said = code === 'AUTH_S001' && !('AUTH_URL' in variables) ? /AUTH_S00[13]/ : new RegExp(code)
    for (const headers of [{}, { cookie: 'theme=dark' }, { cookie: '__Host-authjs.session-token=x' }] as Record<string, string>[]) {
      for (const path of ['/api/auth/session', '/api/auth/csrf', '/api/auth/providers', '/api/auth/signin']) {
        await expect(ask(path, headers), path).rejects.toMatchObject({ statusCode: 503, message: 'Service Unavailable' })
        expect(vi.mocked(console.error).mock.lastCall?.[0]).toMatch(said)
      }
      await expect(getServerSession(toEvent(headers))).rejects.toThrow(said)
      await expect(requireSession(toEvent(headers))).rejects.toMatchObject({ statusCode: 503 })
    }
  })

  it('is told from one that is complete', async () => {
    vi.stubEnv('AUTH_SECRET', secret)
    vi.stubEnv('AUTH_URL', 'https://app.example')
    expect(await ask('/api/auth/session')).toBe('null')
    await expect(requireSession(toEvent())).rejects.toMatchObject({ statusCode: 401 })
  })

  it('may have its secret and its trust in the definition', async () => {
    current.definition = { providers: [], secret, trustHost: true }
    expect(await ask('/api/auth/session', { host: 'app.example' })).toBe('null')
    expect(await getServerSession(toEvent({ host: 'app.example' }))).toBeNull()
  })
})

describe('an anonymous user', () => {
  it('costs no look at the definition where the environment says it all', async () => {
    vi.stubEnv('AUTH_SECRET', secret)
    vi.stubEnv('AUTH_URL', 'https://app.example')
    const definition = vi.fn(() => ({ providers: [] }))
    current.definition = definition
    expect(await getServerSession(toEvent())).toBeNull()
    expect(definition).not.toHaveBeenCalled()
  })

  it.each(['', 'a b', '[::1', 'x@evil', 'x:65536', 'x/evil?', 'x#'])('HST-08 is 400 with the host %j, where it counts', async (host) => {
    vi.stubEnv('AUTH_SECRET', secret)
    vi.stubEnv('AUTH_TRUST_HOST', 'true')
    await expect(ask('/api/auth/session', { host })).rejects.toMatchObject({ statusCode: 400 })
    await expect(requireSession(toEvent({ host }))).rejects.toMatchObject({ statusCode: 400 })
    vi.stubEnv('AUTH_URL', 'https://app.example')
    expect(await ask('/api/auth/session', { host })).toBe('null')
  })
})

it('never sends a message of the catalogue to the client, whatever its cause', async () => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = () => Promise.reject(createError({ message: 'pg://user:password@database', cause: new Error('inner') }))
  const error = await ask('/api/auth/csrf').catch((error: unknown) => error)
  expect(error).toMatchObject({ statusCode: 503, message: 'Service Unavailable', statusMessage: 'Service Unavailable' })
})

describe('an app with every kind of provider', () => {
  const log: unknown[][] = []
  const none = async () => null
  const passkeys = {
    getAccount: none, getAuthenticator: none, createAuthenticator: none,
    listAuthenticatorsByUserId: async () => [], updateAuthenticatorCounter: none,
  }
  const hub = {
    id: 'hub', name: 'Hub', type: 'oauth', clientId: 'app', clientSecret: 'x',
    authorization: 'https://id.example/a', token: 'https://id.example/t', userinfo: 'https://id.example/u',
  }

  beforeEach(() => {
    vi.stubEnv('AUTH_SECRET', secret)
    vi.stubEnv('AUTH_URL', 'https://app.example')
    log.length = 0
    for (const level of ['warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((...line) => void log.push(line))
    }
    current.definition = {
      adapter: Object.assign(new MemoryAdapter([]), passkeys),
      session: { strategy: 'jwt' },
      experimental: { enableWebAuthn: true },
      providers: [
        credentials({ credentials: { name: {} }, authorize: () => null }),
        Passkey,
        { id: 'mail', name: 'Mail', type: 'email', sendVerificationRequest: () => {} },
        hub,
      ],
    }
  })

  async function request(...parameters: Parameters<typeof toEvent>): Promise<Response> {
    const answer = await handler(toEvent(...parameters))
    if (answer instanceof Response) return answer
    throw new TypeError('no Response')
  }

  const get = async (path: string, headers: Record<string, string> = {}) => await request(headers, `/api/auth/${path}`)

  describe('INP-14 an unexpected anonymous GET', () => {
    const script: Record<string, string> = { 'x-auth-return-redirect': '1' }

    it.each([
      ['signin/credentials', 200], ['signin/hub', 200], ['signin/mail', 200], ['signin/passkey', 200],
      ['signin/hub?error=x&callbackUrl=https://evil.example', 400],
    ])('of %s is answered with the sign-in page, %i, its headers and its policy', async (path, status) => {
      for (const headers of [{}, script]) {
        const response = await get(path, headers)
        const sent = ['content-type', 'cache-control'].map(name => response.headers.get(name))
        expect([response.status, ...sent]).toEqual([status, 'text/html; charset=utf-8', 'private, no-store'])
        expect(response.headers.get('content-security-policy')).toContain('default-src \'none\'')
        expect(await response.text()).not.toContain('evil.example')
      }
      expect(log).toEqual([])
    })

    it.each([
      ['signin/nobody', 404], ['signin/__proto__', 404], ['callback/nobody', 404],
      ['callback/credentials', 405], ['callback/credentials?error=x', 405], ['callback/passkey', 405],
      ['webauthn-options', 404], ['webauthn-options/nobody', 404], ['webauthn-options/credentials', 404],
      ['webauthn-options/hub', 404], ['webauthn-options/mail', 404],
    ])('of %s is answered with %i, and nothing is logged', async (path, status) => {
      const response = await get(path)
      expect([response.status, response.headers.get('allow')]).toEqual([status, status === 405 ? 'POST' : null])
      expect(log).toEqual([])
    })

    it.each([
      'webauthn-options/passkey', 'webauthn-options/passkey?action=remove', 'callback/hub', 'callback/hub?code=x',
      'callback/mail', 'callback/mail?token=x',
    ])('of %s is not answered as an outage, and at most one line is logged', async (path) => {
      const response = await get(path)
      expect(response.status).toBeLessThan(500)
      expect(response.headers.get('location') ?? '').not.toMatch(/Configuration|Unavailable/)
      expect(log.length).toBeLessThanOrEqual(1)
      for (const line of log) expect(line).toEqual([expect.stringMatching(/^\[nuxt-authjs\] [^\n]+$/)])
    })
  })

  describe('a form with an Origin other than AUTH_URL', () => {
    const post = async (headers: Record<string, string>) =>
      await request({ 'content-type': 'application/json', ...headers }, '/api/auth/signout', '{}')

    it.each<[Record<string, string>]>([
      [{ origin: 'http://localhost:3001', host: 'localhost:3001' }],
      [{ 'origin': 'https://www.app.example', 'host': '10.0.0.1', 'sec-fetch-site': 'same-origin' }],
      [{ 'origin': 'https://www.app.example', 'host': '10.0.0.1', 'x-forwarded-host': 'www.app.example' }],
    ])('is refused, and the log names both if the app itself sent it: %j', async (headers) => {
      const response = await post(headers)
      expect([response.status, await response.json()]).toEqual([403, { statusCode: 403 }])
      const problem = `AUTH_R051: Origin ${headers.origin} does not match AUTH_URL https://app.example`
      expect(log).toEqual([[expect.stringContaining(problem)]])
    })

    it.each<[Record<string, string>]>([
      [{ origin: 'https://evil.example', host: 'app.example' }],
      [{ 'origin': 'https://evil.example', 'host': 'evil.example', 'sec-fetch-site': 'cross-site' }],
      [{ origin: 'null', host: 'app.example' }],
    ])('is refused, and the log never contains the address of another site: %j', async (headers) => {
      expect((await post(headers)).status).toBe(403)
      expect(log).toEqual([[expect.stringContaining('sent by another site')]])
      expect(String(log)).not.toContain('evil')
    })
  })

  it('gives providers with the same name distinct labels, on the page and in the list', async () => {
    const withLogo = { ...hub, style: { logo: 'https://id.example/logo.svg' } }
    const providers = [withLogo, { ...withLogo, id: 'hub-work' }, { ...withLogo, id: 'other', name: 'Other' }]
    current.definition = { ...current.definition as object, providers }
    const labels = ['Hub (hub)', 'Hub (hub-work)', 'Other']
    const page = await (await get('signin')).text()
    for (const label of labels) expect(page).toContain(`Sign in with ${label}<`)
    expect(page).not.toContain('logo.svg')
    const listed = await (await get('providers')).json() as Record<string, { name: string }>
    expect(Object.values(listed).map(({ name }) => name)).toEqual(labels)
  })
})
