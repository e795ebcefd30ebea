import Passkey from '@auth/core/providers/passkey'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { MemoryAdapter } from '../../memory-adapter'

const log: unknown[][] = []
const nothing = async () => null
const passkeys = { getAccount: nothing, getAuthenticator: nothing, createAuthenticator: nothing, listAuthenticatorsByUserId: async () => [], updateAuthenticatorCounter: nothing }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  log.length = 0
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation((...line) => void log.push(line))
  current.definition = {
    adapter: Object.assign(new MemoryAdapter([]), passkeys),
    session: { strategy: 'jwt' },
    experimental: { enableWebAuthn: true },
    providers: [
      credentials({ credentials: { name: {} }, authorize: () => null }),
      Passkey,
      { id: 'mail', name: 'Mail', type: 'email', sendVerificationRequest: () => {} },
      { id: 'hub', name: 'Hub', type: 'oauth', clientId: 'app', clientSecret: 'x', authorization: 'https://id.example/a', token: 'https://id.example/t', userinfo: 'https://id.example/u' },
    ],
  }
})

const get = async (path: string, headers: Record<string, string> = {}) => await handler(toEvent(headers, `/api/auth/${path}`)) as Response

describe('INP-14 an anonymous GET that nothing asks for', () => {
  const pages = ['signin/credentials', 'signin/hub', 'signin/mail', 'signin/passkey', 'signin/hub?error=x&callbackUrl=https://evil.example']
  it.each(pages)('of %s is the sign-in page, with its headers and its policy', async (path) => {
    for (const script of [{}, { 'x-auth-return-redirect': '1' }]) {
      const response = await get(path, script as Record<string, string>)
      expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([path.includes('error') ? 400 : 200, 'text/html; charset=utf-8', 'private, no-store'])
      expect(response.headers.get('content-security-policy')).toContain('default-src \'none\'')
      expect(await response.text()).not.toContain('evil.example')
    }
    expect(log).toEqual([])
  })

  const refused: [string, number][] = [
    ['signin/nobody', 404], ['signin/__proto__', 404], ['callback/nobody', 404], ['callback/credentials', 405], ['callback/credentials?error=x', 405], ['callback/passkey', 405],
    ['webauthn-options', 404], ['webauthn-options/nobody', 404], ['webauthn-options/credentials', 404], ['webauthn-options/hub', 404], ['webauthn-options/mail', 404],
  ]
  it.each(refused)('of %s is %i, without a line in the log', async (path, status) => {
    const response = await get(path)
    expect([response.status, response.headers.get('allow')]).toEqual([status, status === 405 ? 'POST' : null])
    expect(log).toEqual([])
  })

  it.each(['webauthn-options/passkey', 'webauthn-options/passkey?action=remove', 'callback/hub', 'callback/hub?code=x', 'callback/mail', 'callback/mail?token=x'])('of %s is no outage, and one line at most', async (path) => {
    const response = await get(path)
    expect(response.status).toBeLessThan(500)
    expect(response.headers.get('location') ?? '').not.toMatch(/Configuration|Unavailable/)
    expect(log.length).toBeLessThanOrEqual(1)
    for (const line of log) expect(line).toEqual([expect.stringMatching(/^\[nuxt-authjs\] [^\n]+$/)])
  })
})

describe('a form that this app sent from an origin that AUTH_URL does not name', () => {
  const post = async (headers: Record<string, string>) => await handler(toEvent({ 'content-type': 'application/json', ...headers }, '/api/auth/signout', '{}')) as Response

  it.each([
    [{ origin: 'http://localhost:3001', host: 'localhost:3001' }],
    [{ 'origin': 'https://www.app.example', 'host': '10.0.0.1', 'sec-fetch-site': 'same-origin' }],
    [{ 'origin': 'https://www.app.example', 'host': '10.0.0.1', 'x-forwarded-host': 'www.app.example' }],
  ] as Record<string, string>[][])('is refused, and the log names both: %j', async (headers) => {
    const response = await post(headers!)
    expect([response.status, await response.json()]).toEqual([403, { statusCode: 403 }])
    expect(log).toEqual([[expect.stringContaining(`AUTH_R051: Origin ${headers!.origin} does not match AUTH_URL https://app.example`)]])
  })

  it.each([
    [{ origin: 'https://evil.example', host: 'app.example' }],
    [{ 'origin': 'https://evil.example', 'host': 'evil.example', 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'null', host: 'app.example' }],
  ] as Record<string, string>[][])('is never told of another site, whose address stays out of the log: %j', async (headers) => {
    expect((await post(headers!)).status).toBe(403)
    expect(log).toEqual([[expect.stringContaining('sent by another site')]])
    expect(String(log)).not.toContain('evil')
  })
})

describe('two providers with one name', () => {
  it('have labels that can be told apart, on the page and in the list', async () => {
    const hub = { name: 'Hub', type: 'oauth', clientId: 'app', clientSecret: 'x', authorization: 'https://id.example/a', token: 'https://id.example/t', userinfo: 'https://id.example/u', style: { logo: 'https://id.example/logo.svg' } }
    current.definition = { ...current.definition as object, providers: [{ ...hub, id: 'hub' }, { ...hub, id: 'hub-work' }, { ...hub, id: 'other', name: 'Other' }] }
    const page = await (await get('signin')).text()
    for (const label of ['Hub (hub)', 'Hub (hub-work)', 'Other']) expect(page).toContain(`Sign in with ${label}<`)
    expect(page).not.toContain('logo.svg')
    const listed = await (await get('providers')).json() as Record<string, { name: string }>
    expect(Object.values(listed).map(({ name }) => name)).toEqual(['Hub (hub)', 'Hub (hub-work)', 'Other'])
  })
})
