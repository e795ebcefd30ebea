import { Auth, customFetch } from '@auth/core'
import { CredentialsSignin } from '@auth/core/errors'
import type { AuthConfig } from '@auth/core'
import Credentials from '@auth/core/providers/credentials'
import type { CredentialsConfig } from '@auth/core/providers'
import Auth0 from '@auth/core/providers/auth0'
import GitHub from '@auth/core/providers/github'
import { createError } from 'h3'
import { describe, expect, it } from 'vitest'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import type { MergedProvider, OAuthProvider } from '../../../../src/runtime/server/config/providers'
import { credentials, withProfile } from '../../../../src/runtime/server/define'
import { guardProviders, requireProviderKeys, separateProviders } from '../../../../src/runtime/server/providers/resolve'
import type { Refusal } from '../../../../src/runtime/server/providers/resolve'

const request = new Request('https://app.example')

async function authorize(provider: unknown, sent: object): Promise<{ user?: unknown, error?: unknown, refusal: Refusal }> {
  const refusal: Refusal = {}
  const [guarded] = guardProviders(resolveProviders([provider as never], {}), refusal) as [CredentialsConfig]
  try {
    return { user: await guarded.authorize(sent, request), refusal }
  }
  catch (error) {
    return { error, refusal }
  }
}

describe.each([
  ['credentials()', (run: (sent: object) => unknown) => credentials({ credentials: { name: {}, code: {} }, authorize: run as never })],
  ['Credentials of @auth/core', (run: (sent: object) => unknown) => Credentials({ credentials: { name: {} }, authorize: run as never })],
])('authorize of %s', (_, create) => {
  it('gets strings only', async () => {
    const never = () => expect.unreachable()
    for (const value of [['x'], { a: 1 }, 1, true, null]) {
      const { error, refusal } = await authorize(create(never), { name: value })
      expect(error).toBeInstanceOf(CredentialsSignin)
      expect(refusal.status).toBe(400)
    }
  })

  it('is not called with a field that is not text, and the refusal names the field', async () => {
    const { error, refusal } = await authorize(create(() => expect.unreachable()), { name: 'ada', avatar: {} })
    expect(error).toMatchObject({ code: 'malformed' })
    expect(refusal.issues).toEqual([{ path: 'avatar', message: expect.stringContaining('form field') as string }])
  })

  it('refuses with the status and the message that it throws, below 500', async () => {
    const { error, refusal } = await authorize(create(() => Promise.reject(createError({ statusCode: 403, statusMessage: 'Account locked' }))), { name: 'ada' })
    expect(error).toBeInstanceOf(CredentialsSignin)
    expect(error).toMatchObject({ code: 'Account locked' })
    expect(refusal.status).toBe(403)
  })

  it.each([new Error('database'), createError({ statusCode: 503 }), Object.assign(new Error('GET http://backend/?key=CANARY'), { statusCode: 404, statusMessage: 'Not Found' }), 'text'])('passes on what is the server\'s trouble: %s', async (thrown) => {
    const { error, refusal } = await authorize(create(() => Promise.reject(thrown)), { name: 'ada' })
    expect(error).toBe(thrown)
    expect(refusal).toEqual({})
  })
})

describe('credentials()', () => {
  it('hands over exactly the declared fields, empty where the form left them out', async () => {
    const provider = credentials({ credentials: { name: {}, code: {} }, authorize: sent => ({ id: '1', sent }) })
    expect((await authorize(provider, { name: 'ada', csrfToken: 'x', __proto__: { code: 'x' } })).user).toEqual({ id: '1', sent: { name: 'ada', code: '' } })
  })

  it.each([null, undefined, false])('takes %j for a refusal', async (value) => {
    expect((await authorize(credentials({ credentials: {}, authorize: () => value as null }), {})).user).toBeNull()
  })
})

describe('requireProviderKeys', () => {
  const merged = (provider: AuthConfig['providers'][number]) => resolveProviders([provider], {})[0] as OAuthProvider

  it('names the provider and the variables that it lacks, with AUTH_D004', () => {
    expect(() => requireProviderKeys(merged(GitHub), 'server/auth.ts')).toThrow(/AUTH_D004: server\/auth\.ts: .*`github` has no clientId and clientSecret\. Set AUTH_GITHUB_ID and AUTH_GITHUB_SECRET/)
    expect(() => requireProviderKeys(merged(GitHub({ clientId: 'x' })), 'f')).toThrow('Set AUTH_GITHUB_SECRET in')
    expect(() => requireProviderKeys(merged({ ...GitHub({ id: 'git-hub' }) }), 'f')).toThrow('AUTH_GIT_HUB_ID')
  })

  it('lets those through that have them, or need none', () => {
    requireProviderKeys(merged(GitHub({ clientId: 'x', clientSecret: 'y' })), 'f')
    requireProviderKeys(merged(GitHub({ clientId: 'x', client: { token_endpoint_auth_method: 'none' } })), 'f')
  })
})

describe('separateProviders', () => {
  const config = { basePath: '/api/auth', secret: 'x'.repeat(32), trustHost: true, logger: { error: () => {} } }
  const separate = (providers: AuthConfig['providers'], asked?: string) => separateProviders(resolveProviders(providers, {}), asked)
  const ask = async (path: string, providers: AuthConfig['providers']) => (await Auth(new Request(`https://app.example/api/auth/${path}`), { ...config, providers })).status

  it.each<[string, AuthConfig['providers'][number]]>([
    ['no issuer', Auth0({ clientId: 'x', clientSecret: 'y' })],
    ['an empty one', { ...Auth0({ clientId: 'x', clientSecret: 'y' }), issuer: '' }],
    ['no addresses', { id: 'auth0', name: 'x', type: 'oauth', clientId: 'x', authorization: { params: { scope: 'x' } } }],
  ])('never lets a provider with %s fail the requests of others', async (_, provider) => {
    const providers = [provider, Credentials({ authorize: () => null })]
    for (const path of ['csrf', 'providers']) expect([path, await ask(path, providers), await ask(path, separate(providers)), await ask(path, separate(providers, 'credentials'))]).toEqual([path, 500, 200, 200])
  })

  it('leaves alone who is asked for, who has an issuer, and who needs none', () => {
    const providers = resolveProviders([Auth0({ clientId: 'x' }), Auth0({ id: 'other', issuer: 'https://id.example' }), { ...Auth0({ id: 'third' }), issuer: 'https://id.example' }, Credentials({})], {})
    expect(separateProviders(providers, 'auth0')).toEqual(providers)
    expect(separateProviders(providers, undefined).slice(1)).toEqual(providers.slice(1))
  })

  it('changes no provider of its caller, and loses no symbol', () => {
    const provider: MergedProvider = Object.freeze({ ...Auth0({ clientId: 'x' }), [customFetch]: fetch })
    expect(separateProviders([provider], undefined)[0]).toMatchObject({ id: 'auth0', [customFetch]: fetch })
    expect(provider.issuer).toBeUndefined()
  })
})

describe('requireProviderKeys of an OIDC provider', () => {
  it('names the issuer among what is missing, where discovery needs one', () => {
    expect(() => requireProviderKeys({ id: 'my-idp', name: 'x', type: 'oidc', clientId: 'x', clientSecret: 'y' }, 'f')).toThrow('has no issuer. Set AUTH_MY_IDP_ISSUER in')
  })
})

describe('withProfile', () => {
  it('gives the provider its environment variables and the profile of its own', async () => {
    const provider = withProfile(GitHub, profile => ({ id: String(profile.id), login: profile.login }))
    const config = provider({ clientId: 'id', clientSecret: 'secret' })
    expect(config).toMatchObject({ id: 'github', options: { clientId: 'id', clientSecret: 'secret' } })
    expect(await config.options?.profile?.({ id: 7, login: 'ada' } as never, {})).toEqual({ id: '7', login: 'ada' })
  })
})
