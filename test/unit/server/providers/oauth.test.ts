import { createHash } from 'node:crypto'
import { customFetch } from '@auth/core'
import GitHub from '@auth/core/providers/github'
import Keycloak from '@auth/core/providers/keycloak'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import handler from '../../../../src/runtime/server/handler'
import { LazyFlow, guardOAuthProviders } from '../../../../src/runtime/server/providers/oauth'
import { ProviderFault } from '../../../../src/runtime/server/providers/fetch'
import { credentials } from '../../../../src/runtime/server/define'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const flow = { signal: new AbortController().signal, isDev: false }
type Guarded = { [customFetch]: typeof fetch, userinfo?: { request: (context: object) => Promise<unknown> }, profile?: (profile: object) => Promise<unknown> }

function guard(provider: unknown, own: object = flow): Guarded {
  const [guarded] = guardOAuthProviders(resolveProviders([provider as never], {}), own as typeof flow)
  return guarded as unknown as Guarded
}

describe('a flow', () => {
  it('has one end for all of its calls, and none before the first', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const send = vi.fn(async (_url: unknown, _init?: RequestInit) => Response.json({ sub: '1' }))
    const { [customFetch]: call } = guard(GitHub({ clientId: 'x', [customFetch]: send }), new LazyFlow(false))
    expect(timeout).not.toHaveBeenCalled()
    for (const url of ['https://github.com/x', 'https://api.github.com/user']) await call(url)
    expect(timeout.mock.calls).toEqual([[8000]])
    expect(send.mock.calls.map(([, init]) => init?.signal)).toEqual([timeout.mock.results[0]?.value, timeout.mock.results[0]?.value])
    timeout.mockRestore()
  })
})

describe('a guarded provider', () => {
  it('sends its calls through the fetch that the user set, and through the one it brings first', async () => {
    const send = vi.fn(async () => Response.json({ sub: '1' }))
    await guard(Keycloak({ issuer: 'https://id.example', [customFetch]: send }))[customFetch]('https://id.example/x')
    expect(send).toHaveBeenCalledTimes(1)
    const brought = vi.fn(async () => Response.json({ sub: '1' }))
    await guard({ ...Keycloak({ issuer: 'https://id.example', [customFetch]: send }), [customFetch]: brought })[customFetch]('https://id.example/x')
    expect([send, brought].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
  })

  it('is a new object, and leaves credentials and e-mail alone', () => {
    const provider = Object.freeze(GitHub({ clientId: 'x' }))
    const before = { ...provider }
    expect(guard(provider)).not.toBe(provider)
    expect({ ...provider }).toEqual(before)
    const [other] = resolveProviders([credentials({ credentials: {}, authorize: () => null })], {})
    expect(guardOAuthProviders([other!], flow)[0]).toBe(other)
  })

  it('ends what it calls by itself with the rest', async () => {
    const stop = new AbortController()
    const hanging = guard({ id: 'x', type: 'oauth', userinfo: { url: 'https://id.example', request: () => new Promise(() => {}) }, profile: () => new Promise(() => {}) }, { ...flow, signal: stop.signal })
    const calls = [hanging.userinfo?.request({}), hanging.profile?.({})]
    stop.abort()
    for (const call of calls) await expect(call).rejects.toMatchObject({ flowError: 'Unavailable' })
  })

  it('takes what fails in there for an outage', async () => {
    const failing = guard({ id: 'x', type: 'oauth', userinfo: { request: () => Promise.reject(new TypeError('fetch failed')) } })
    await expect(failing.userinfo?.request({})).rejects.toMatchObject({ flowError: 'Unavailable', cause: new TypeError('fetch failed') })
  })

  it('never takes a profile without an id for somebody', async () => {
    const withId = (id: unknown) => guard({ id: 'x', type: 'oauth', options: { profile: () => ({ id }) } }).profile?.({})
    for (const id of ['', 'undefined', 'null', 'NaN', '[object Object]', null]) await expect(withId(id), String(id)).rejects.toBeInstanceOf(ProviderFault)
    expect(await withId('0')).toEqual({ id: '0' })
    expect(await withId(undefined)).toEqual({ id: undefined })
  })

  it('asks discovery itself where an OIDC provider names its endpoints', async () => {
    const send = vi.fn(async (url: unknown) => String(url).endsWith('/.well-known/openid-configuration') ? Response.json({ issuer: 'https://other.example' }) : Response.json({ id_token: 'a.b.c' }))
    const provider = guard({ id: 'x', type: 'oidc', issuer: 'https://id.example/realm', token: 'https://id.example/token', [customFetch]: send })
    await expect(provider[customFetch]('https://id.example/token', { method: 'POST' })).rejects.toMatchObject({ flowError: 'Configuration', message: 'https://id.example names another issuer than itself' })
    expect(send.mock.calls.map(([url]) => url)).toEqual(['https://id.example/token', 'https://id.example/realm/.well-known/openid-configuration'])
  })
})

describe('a definition that names only some endpoints', () => {
  const issuer = 'https://id.example'
  const own = { userinfo: 'https://own.example/me', token: 'https://own.example/token' }
  const discovered = { issuer, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/me` }
  const toProvider = (settings: object) => guard({ id: 'x', type: 'oidc', issuer, [customFetch]: async () => Response.json(discovered), ...settings })
  const discover = async (settings: object) => await (await toProvider(settings)[customFetch](`${issuer}/.well-known/openid-configuration`)).json() as object

  it.each<[object, object]>([
    [{ userinfo: own.userinfo }, { ...discovered, userinfo_endpoint: own.userinfo }],
    [{ token: own.token, idToken: false }, { ...discovered, token_endpoint: own.token }],
    [{ token: { url: own.token, conform: String }, type: 'oauth' }, { ...discovered, token_endpoint: own.token }],
  ])('gets the others by discovery: %j', async (settings, expected) => {
    expect(toProvider(settings)).toMatchObject({ token: { url: undefined }, userinfo: { url: undefined } })
    expect(await discover(settings)).toEqual(expected)
  })

  it.each<[object]>([[own], [{ token: own.token }], [{ ...own, issuer: undefined }], [{ type: 'oauth', token: own.token, userinfo: { request: () => ({}) } }]])(
    'needs no discovery if the others are not used: %j', settings => expect(toProvider(settings)).toMatchObject({ token: own.token }))
})

describe('what a provider answers', () => {
  it.each<[unknown, unknown]>([[-1, undefined], ['NaN', undefined], [null, undefined], [{}, undefined], ['3600', 3600], [1e12, 31_536_000], [300, 300]])('REF-12 with expires_in %j is a sign-in all the same', async (expiresIn, expected) => {
    const send = async () => Response.json({ access_token: 'a', token_type: 'bearer', expires_in: expiresIn })
    const answer = await guard(GitHub({ [customFetch]: send }))[customFetch]('https://github.com/login/oauth/access_token', { method: 'POST' })
    expect(await answer.json()).toEqual({ access_token: 'a', token_type: 'bearer', expires_in: expected })
  })

  it('may be a list of one user, where the definition reads it itself', async () => {
    const send = async () => Response.json([{ id: '1' }])
    const read = (more: object) => guard({ id: 'x', type: 'oauth', issuer: 'https://id.example', [customFetch]: send, ...more })[customFetch]('https://id.example/me')
    expect(await (await read({ profile: ([user]: [{ id: string }]) => user })).json()).toEqual([{ id: '1' }])
    await expect(read({})).rejects.toMatchObject({ flowError: 'Unavailable' })
    await expect(read({ type: 'oidc', profile: () => ({}) })).rejects.toMatchObject({ flowError: 'Unavailable' })
  })

  it('is checked with the keys that the definition names, without asking an issuer that only browsers reach', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const idToken = await new SignJWT({ sub: '1' }).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
    const keys = { keys: [{ ...await exportJWK(publicKey), kid: 'one', alg: 'RS256' }] }
    const send = vi.fn(async (url: unknown) => String(url).endsWith('/certs') ? Response.json(keys) : Response.json({ access_token: 'a', id_token: idToken }))
    const own = { issuer: 'https://public.example/realm', token: 'https://keycloak.internal/token', jwks_endpoint: 'https://keycloak.internal/certs' }
    await guard({ id: 'x', type: 'oidc', ...own, [customFetch]: send })[customFetch](own.token, { method: 'POST' })
    expect(send.mock.calls.map(([url]) => url)).toEqual([own.token, own.jwks_endpoint])
    await expect(guard({ id: 'x', type: 'oidc', ...own, [customFetch]: async () => Response.json({ id_token: `${idToken}x` }) })[customFetch](own.token, { method: 'POST' })).rejects.toMatchObject({ flowError: 'OAuthCallbackError' })
  })
})

describe('variables by Auth.js\'s names', () => {
  const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
  afterEach(() => vi.unstubAllEnvs())

  /** A sign-in on a worker, whose variables come with the request. Resolves to the address at the provider. */
  async function signInWith(bindings: Record<string, string>, provider = 'my-idp'): Promise<URL> {
    const csrf = `token|${createHash('sha256').update(`token${secret}`).digest('hex')}`
    const event = toEvent({ 'cookie': `__Host-authjs.csrf-token=${encodeURIComponent(csrf)}`, 'content-type': 'application/json' }, `/api/auth/signin/${provider}`, '{"csrfToken":"token"}')
    event.context.cloudflare = { env: { AUTH_SECRET: secret, AUTH_URL: 'https://app.example', ...bindings } } as never
    const response = await handler(event) as Response
    return new URL(response.headers.get('location') ?? '')
  }

  it('come with the request on workers, and never stay for the next one', async () => {
    const provider = { id: 'my-idp', type: 'oauth', authorization: 'https://id.example/authorize', token: 'https://id.example/token', userinfo: 'https://id.example/me' }
    current.definition = { providers: [provider, GitHub] }
    const keys = { AUTH_GITHUB_ID: 'g', AUTH_GITHUB_SECRET: 'x', AUTH_MY_IDP_SECRET: 'x' }
    expect((await signInWith({ ...keys, AUTH_MY_IDP_ID: 'first' })).searchParams.get('client_id')).toBe('first')
    expect((await signInWith({ ...keys, AUTH_MY_IDP_ID: 'second' })).searchParams.get('client_id')).toBe('second')
    expect((await signInWith({ ...keys, AUTH_MY_IDP_ID: 'x' }, 'github')).searchParams.get('client_id')).toBe('g')
    expect(provider).not.toHaveProperty('clientId')
    await expect(signInWith({ AUTH_MY_IDP_ID: 'third' })).rejects.toMatchObject({ cause: { message: expect.stringContaining('Set AUTH_MY_IDP_SECRET in') } })
  })
})
