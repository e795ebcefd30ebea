import { Auth, customFetch } from '@auth/core'
import type { AuthConfig } from '@auth/core'
import Apple from '@auth/core/providers/apple'
import Auth0 from '@auth/core/providers/auth0'
import Credentials from '@auth/core/providers/credentials'
import GitHub from '@auth/core/providers/github'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import type { MergedProvider, OAuthProvider } from '../../../../src/runtime/server/config/providers'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { isFormPost, labelProviders, requireProviderKeys, withPlaceholderIssuers } from '../../../../src/runtime/server/providers/settings'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

describe('labelProviders', () => {
  it('adds the id to a name that several providers share', () => {
    const providers = [{ id: 'hub', name: 'Hub' }, { id: 'hub-work', name: 'Hub' }, { id: 'other', name: 'Other' }]
    expect([...labelProviders(providers).values()]).toEqual(['Hub (hub)', 'Hub (hub-work)', 'Other'])
  })
})

describe('isFormPost', () => {
  const isFormPostWith = (authorization: string | object) => isFormPost({ ...GitHub({}), authorization } as MergedProvider)

  it('finds the response mode in the parameters or in the URL', () => {
    expect(isFormPost(Apple({}))).toBe(true)
    expect(isFormPostWith({ params: { response_mode: 'form_post' } })).toBe(true)
    expect(isFormPostWith('https://id.example/authorize?response_mode=form_post')).toBe(true)
  })

  it('is false for other modes, other kinds of providers, and none', () => {
    expect(isFormPostWith({ url: 'https://id.example?response_mode=form_post', params: { response_mode: 'query' } })).toBe(false)
    expect([GitHub({}), Credentials({}), undefined].map(isFormPost)).toEqual([false, false, false])
    expect(isFormPostWith('no URL')).toBe(false)
  })
})

describe('requireProviderKeys', () => {
  const merged = (provider: AuthConfig['providers'][number]) => resolveProviders([provider], {})[0] as OAuthProvider

  it('throws AUTH_D004 with the provider and its missing variables', () => {
    expect(() => requireProviderKeys(merged(GitHub), 'server/auth.ts')).toThrow(/AUTH_D004: server\/auth\.ts: .*`github` has no clientId and clientSecret\. Set AUTH_GITHUB_ID and AUTH_GITHUB_SECRET/)
    expect(() => requireProviderKeys(merged(GitHub({ clientId: 'x' })), 'f')).toThrow('Set AUTH_GITHUB_SECRET in')
    expect(() => requireProviderKeys(merged({ ...GitHub({ id: 'git-hub' }) }), 'f')).toThrow('AUTH_GIT_HUB_ID')
  })

  it('accepts providers that have the settings or need none', () => {
    requireProviderKeys(merged(GitHub({ clientId: 'x', clientSecret: 'y' })), 'f')
    requireProviderKeys(merged(GitHub({ clientId: 'x', client: { token_endpoint_auth_method: 'none' } })), 'f')
  })

  it('reports a missing issuer if the provider needs discovery', () => {
    expect(() => requireProviderKeys({ id: 'my-idp', name: 'x', type: 'oidc', clientId: 'x', clientSecret: 'y' }, 'f')).toThrow('has no issuer. Set AUTH_MY_IDP_ISSUER in')
  })
})

describe('withPlaceholderIssuers', () => {
  const config = { basePath: '/api/auth', secret: 'x'.repeat(32), trustHost: true, logger: { error: () => {} } }
  const separate = (providers: AuthConfig['providers'], asked?: string) => withPlaceholderIssuers(resolveProviders(providers, {}), asked)
  const ask = async (path: string, providers: AuthConfig['providers']) => (await Auth(new Request(`https://app.example/api/auth/${path}`), { ...config, providers })).status

  it.each<[string, AuthConfig['providers'][number]]>([
    ['no issuer', Auth0({ clientId: 'x', clientSecret: 'y' })],
    ['an empty one', { ...Auth0({ clientId: 'x', clientSecret: 'y' }), issuer: '' }],
    ['no addresses', { id: 'auth0', name: 'x', type: 'oauth', clientId: 'x', authorization: { params: { scope: 'x' } } }],
  ])('never lets a provider with %s fail the requests of others', async (_, provider) => {
    const providers = [provider, Credentials({ authorize: () => null })]
    for (const path of ['csrf', 'providers']) expect([path, await ask(path, providers), await ask(path, separate(providers)), await ask(path, separate(providers, 'credentials'))]).toEqual([path, 500, 200, 200])
  })

  it('leaves alone the requested provider, and those that have an issuer or need none', () => {
    const providers = resolveProviders([Auth0({ clientId: 'x' }), Auth0({ id: 'other', issuer: 'https://id.example' }), { ...Auth0({ id: 'third' }), issuer: 'https://id.example' }, Credentials({})], {})
    expect(withPlaceholderIssuers(providers, 'auth0')).toEqual(providers)
    expect(withPlaceholderIssuers(providers, undefined).slice(1)).toEqual(providers.slice(1))
  })

  it('never changes its input, and keeps symbols', () => {
    const provider: MergedProvider = Object.freeze({ ...Auth0({ clientId: 'x' }), [customFetch]: fetch })
    expect(withPlaceholderIssuers([provider], undefined)[0]).toMatchObject({ id: 'auth0', [customFetch]: fetch })
    expect(provider.issuer).toBeUndefined()
  })
})

describe('an app with a provider that has no issuer', () => {
  const origin = 'https://app.example'
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin }

  beforeEach(() => {
    vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
    vi.stubEnv('AUTH_URL', origin)
    vi.stubEnv('AUTH_AUTH0_ID', 'client')
    vi.stubEnv('AUTH_AUTH0_SECRET', 'secret')
    const names = credentials({ credentials: { name: {} }, authorize: ({ name }) => name === 'ada' && { id: '1', name } })
    current.definition = { providers: [Auth0, names] }
  })

  async function request(...parameters: Parameters<typeof toEvent>): Promise<Response> {
    const answer = await handler(toEvent(...parameters))
    if (answer instanceof Response) return answer
    throw new TypeError('no Response')
  }

  async function getForm(): Promise<[cookie: string, csrfToken: string]> {
    const response = await request({}, '/api/auth/csrf')
    const { csrfToken } = await response.json() as { csrfToken: string }
    return [response.headers.getSetCookie().map(cookie => cookie.split(';')[0]).join('; '), csrfToken]
  }

  it.each(['csrf', 'providers', 'signin', 'signout'])('answers /api/auth/%s', async (path) => {
    expect((await request({}, `/api/auth/${path}`)).status).toBe(200)
  })

  it('lists the provider', async () => {
    const listed = await (await request({}, '/api/auth/providers')).json() as object
    expect(Object.keys(listed)).toEqual(['auth0', 'credentials'])
  })

  it('lets users sign in with another provider, and sign out', async () => {
    const [cookie, csrfToken] = await getForm()
    const body = new URLSearchParams({ csrfToken, name: 'ada' }).toString()
    const { status, headers } = await request({ ...form, cookie }, '/api/auth/callback/credentials', body)
    expect([status, headers.get('location')]).toEqual([302, `${origin}/`])
    expect(headers.getSetCookie().some(cookie => cookie.includes('session-token=ey'))).toBe(true)
    const signedOut = await request({ ...form, cookie }, '/api/auth/signout', `csrfToken=${csrfToken}`)
    expect(signedOut.status).toBe(302)
  })

  it('logs AUTH_D004 with the missing variable when a user signs in with the provider', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const [cookie, csrfToken] = await getForm()
    const message = 'AUTH_D004: server/auth.ts: the provider `auth0` has no issuer. Set AUTH_AUTH0_ISSUER'
    const signIn = request({ ...form, cookie }, '/api/auth/signin/auth0', `csrfToken=${csrfToken}`)
    await expect(signIn).rejects.toMatchObject({ statusCode: 503, cause: { message: expect.stringContaining(message) } })
    expect(log).toHaveBeenCalledOnce()
    log.mockRestore()
  })
})
