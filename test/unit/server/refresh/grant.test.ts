import Keycloak from '@auth/core/providers/keycloak'
import { customFetch } from '@auth/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refreshWithProvider } from '../../../../src/runtime/server/refresh/with-provider'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import { ProviderFault } from '../../../../src/runtime/server/providers/fetch'
import { isGrantRevoked } from '../../../../src/runtime/server/refresh/failure'
import type { ProviderRefreshOptions } from '../../../../src/runtime/server/refresh/with-provider'
import { toEvent } from '../../event'

interface Call { url: string, headers: Headers, body: URLSearchParams }
const calls: Call[] = []
let answer: object = {}
let status = 200
let issuer = ''
let metadata: object = {}

/** The provider: discovery and one token endpoint. */
async function answerAll(input: URL | RequestInfo, init?: RequestInit): Promise<Response> {
  const url = String(input)
  calls.push({ url, headers: new Headers(init?.headers), body: new URLSearchParams(String(init?.body ?? '')) })
  if (url.includes('.well-known')) return Response.json({ issuer, token_endpoint: `${issuer}/token`, ...metadata })
  return Response.json(answer, { status })
}

beforeEach(() => {
  calls.length = 0
  status = 200
  metadata = {}
  answer = { token_type: 'Bearer', access_token: 'access-1', refresh_token: 'refresh-1', expires_in: 300 }
  issuer = `https://${crypto.randomUUID()}.example`
  vi.stubGlobal('fetch', vi.fn(answerAll))
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const seconds = () => Date.now() / 1000
const token = { provider: 'keycloak', accessToken: 'access-0', refreshToken: 'refresh-0', expiresAt: 0 }
const toProvider = (more: object = {}) => Keycloak({ clientId: 'app', clientSecret: 'a secret', issuer, ...more })

/** One refresh, as the module runs it. */
async function run(options: string | ProviderRefreshOptions | undefined, providers: unknown[], from: object = token): Promise<unknown> {
  const refresh = refreshWithProvider(options)
  // `run` has a second argument that only this module passes.
  const runInside = refresh.run as unknown as (context: object, request: object) => Promise<unknown>
  return await runInside({ token: from, signal: AbortSignal.timeout(5000) }, { event: toEvent(), config: { providers: resolveProviders(providers as never, {}) } })
}

describe('requestTokens', () => {
  it('calls the discovered endpoint as the provider\'s client, and returns the rotated tokens', async () => {
    expect(await run(undefined, [toProvider()])).toEqual({ provider: 'keycloak', accessToken: 'access-1', refreshToken: 'refresh-1', expiresAt: seconds() + 300 })
    const [discovery, grant] = calls
    expect([discovery?.url, grant?.url]).toEqual([`${issuer}/.well-known/openid-configuration`, `${issuer}/token`])
    expect(grant?.headers.get('authorization')).toBe(`Basic ${btoa('app:a+secret')}`)
    expect(Object.fromEntries(grant?.body ?? [])).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-0' })
    await run('keycloak', [toProvider()])
    expect(calls).toHaveLength(3)
  })

  it('takes client and issuer from the environment, as a sign-in does', async () => {
    vi.stubEnv('AUTH_KEYCLOAK_ID', 'from-env')
    vi.stubEnv('AUTH_KEYCLOAK_SECRET', 'secret-from-env')
    vi.stubEnv('AUTH_KEYCLOAK_ISSUER', issuer)
    await run(undefined, [Keycloak])
    expect(calls[1]?.headers.get('authorization')).toBe(`Basic ${btoa('from-env:secret-from-env')}`)
  })

  it.each([
    ['client_secret_post', { client_id: 'app', client_secret: 'a secret' }],
    ['none', { client_id: 'app' }],
    ['client_secret_jwt', { client_id: 'app', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }],
  ] as const)('authenticates by %s if the provider or the options ask for it', async (method, fields) => {
    await run({ clientAuth: method }, [toProvider()])
    await run(undefined, [toProvider({ client: { token_endpoint_auth_method: method } })])
    for (const { headers, body } of calls.filter(({ url }) => url.endsWith('/token'))) {
      expect(headers.get('authorization')).toBeNull()
      expect(Object.fromEntries(body)).toMatchObject(fields)
    }
    expect(calls.filter(({ url }) => url.endsWith('/token'))).toHaveLength(2)
  })

  it.each([
    ['a string', { token: 'https://tokens.example/x' }],
    ['an object', { token: { url: 'https://tokens.example/x' } }],
  ])('calls the provider\'s own token endpoint, given as %s', async (_, own) => {
    await run(undefined, [toProvider(own)])
    expect(calls.map(({ url }) => url)).toEqual(['https://tokens.example/x'])
  })

  it('needs no provider if the options give every setting', async () => {
    await run({ tokenEndpoint: 'https://tokens.example/x', clientId: 'mine', clientAuth: 'none' }, [])
    expect(calls.map(({ url, body }) => [url, body.get('client_id')])).toEqual([['https://tokens.example/x', 'mine']])
  })

  it('keeps the old refresh token if there is no new one, and sets expiresAt to 0 without expires_in', async () => {
    answer = { token_type: 'Bearer', access_token: 'access-1' }
    expect(await run(undefined, [toProvider()])).toMatchObject({ refreshToken: 'refresh-0', expiresAt: 0 })
  })

  it('never loses a new refresh token because of an invalid id_token', async () => {
    answer = { ...answer, id_token: 'x.y.z' }
    expect(await run(undefined, [toProvider()])).toMatchObject({ refreshToken: 'refresh-1' })
  })

  it('uses the provider\'s own fetch and conform', async () => {
    const own = vi.fn(answerAll)
    const conform = async (response: Response) => Response.json({ ...await response.json() as object, access_token: 'conformed' })
    expect(await run(undefined, [toProvider({ [customFetch]: own, token: { url: 'https://tokens.example/x', conform } })])).toMatchObject({ accessToken: 'conformed' })
    expect([own.mock.calls.length, vi.mocked(fetch).mock.calls.length]).toEqual([1, 0])
  })

  it('throws the error code of the provider', async () => {
    status = 400
    answer = { error: 'invalid_grant' }
    await expect(run(undefined, [toProvider()])).rejects.toMatchObject({ error: 'invalid_grant' })
    answer = { error: 'server_error' }
    await expect(run(undefined, [toProvider()])).rejects.toMatchObject({ error: 'server_error' })
  })

  it('never sends a refresh token unencrypted to another host', async () => {
    await expect(run({ tokenEndpoint: 'http://tokens.example/x' }, [toProvider()])).rejects.toThrow(/HTTPS|insecure|http/i)
    expect(calls).toEqual([])
    await run({ tokenEndpoint: 'http://127.0.0.1:1/x' }, [toProvider()])
    expect(calls).toHaveLength(1)
  })

  it.each(['http://tokens.example/x', 'https://169.254.169.254/x', 'https://10.0.0.1/x', 'https://localhost/x', 'https://user:pw@tokens.example/x'])('REF-11 never sends a refresh token to the discovered endpoint %s', async (address) => {
    metadata = { token_endpoint: address }
    await expect(run(undefined, [toProvider()])).rejects.toMatchObject({ flowError: 'Configuration' })
    expect(calls.map(({ url }) => url)).toEqual([`${issuer}/.well-known/openid-configuration`])
  })

  it('REF-11 never uses a discovery document of another issuer', async () => {
    metadata = { issuer: 'https://other.example' }
    await expect(run(undefined, [toProvider()])).rejects.toMatchObject({ flowError: 'Configuration' })
    expect(calls).toHaveLength(1)
  })

  it.each<[string, () => Response]>([
    ['a redirect', () => new Response(null, { status: 307, headers: { location: 'https://10.0.0.1/' } })],
    ['200 MB', () => new Response(new ReadableStream({ pull: controller => controller.enqueue(new Uint8Array(1024 * 1024)) }))],
    ['a page', () => new Response('<h1>', { headers: { 'content-type': 'text/html' } })],
    ['no access token', () => Response.json({ token_type: 'Bearer' })],
  ])('REF-11 never ends a session because of %s, which it neither follows nor reads to the end', async (_, toAnswer) => {
    const send = vi.fn(async (url: RequestInfo | URL, init?: RequestInit) => String(url).endsWith('/token') ? toAnswer() : await answerAll(url, init))
    const failure = await run(undefined, [toProvider({ [customFetch]: send })]).then(() => undefined, (error: unknown) => error)
    expect(failure).toBeInstanceOf(ProviderFault)
    expect(isGrantRevoked(failure)).toBe(false)
    expect(send.mock.calls.map(([, init]) => init?.redirect)).toEqual(['manual', 'manual'])
  })

  it('REF-11 never waits longer than its signal allows', async () => {
    const hang = () => new Promise<Response>(() => {})
    const refresh = refreshWithProvider().run as unknown as (context: object, request: object) => Promise<unknown>
    const running = refresh({ token, signal: AbortSignal.timeout(20) }, { event: toEvent(), config: { providers: resolveProviders([toProvider({ [customFetch]: hang })], {}) } })
    await expect(running).rejects.toMatchObject({ flowError: 'Unavailable' })
  })

  it.each<[unknown, number]>([
    [-1, 0], [0, 0], ['NaN', 0], [Number.NaN, 0], [null, 0], [{}, 0], [[3600], 0], ['', 0], [true, 0], [undefined, 0], ['soon', 0], ['1e999', 0],
    ['3600', 3600], [3600, 3600], [3600.5, 3600], [1e12, 365 * 24 * 3600],
  ])('REF-12 keeps the new refresh token if expires_in is %j', async (expiresIn, lifetime) => {
    answer = { ...answer, expires_in: expiresIn }
    const refreshed = await run(undefined, [toProvider()])
    expect(refreshed).toEqual({ provider: 'keycloak', accessToken: 'access-1', refreshToken: 'refresh-1', expiresAt: lifetime && seconds() + lifetime })
    // Not due again immediately.
    expect(refreshWithProvider().due({ token: refreshed as object })).toBe(false)
  })

  it.each([{ token_type: undefined }, { refresh_token: null }, { scope: null }, { id_token: 1 }])('REF-12 keeps the new access token if the response has %j', async (more) => {
    answer = { ...answer, ...more }
    expect(await run(undefined, [toProvider()])).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh_token' in more ? 'refresh-0' : 'refresh-1' })
  })

  it.each([
    [{ provider: 'nowhere' }, []],
    [{ clientAuth: 'tls_client_auth' as never, tokenEndpoint: 'https://x.example/' }, []],
  ])('throws AUTH_D010 for the unknown provider or method %j', async (options, providers) => {
    await expect(run(options, providers)).rejects.toThrow('AUTH_D010')
  })

  it('tries discovery again after a failure', async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new Error('down'))
    await expect(run(undefined, [toProvider()])).rejects.toMatchObject({ flowError: 'Unavailable', cause: new Error('down') })
    expect(await run(undefined, [toProvider()])).toMatchObject({ accessToken: 'access-1' })
  })
})
