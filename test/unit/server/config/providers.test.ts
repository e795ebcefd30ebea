import { customFetch } from '@auth/core'
import Auth0 from '@auth/core/providers/auth0'
import GitHub from '@auth/core/providers/github'
import Entra from '@auth/core/providers/microsoft-entra-id'
import Resend from '@auth/core/providers/resend'
import { describe, expect, it } from 'vitest'
import { isOAuth, resolveProviders } from '../../../../src/runtime/server/config/providers'
import { withProfile } from '../../../../src/runtime/server/define'

const resolve = (provider: Parameters<typeof resolveProviders>[0][number], variables = {}) => resolveProviders([provider], variables)[0]!

describe('resolveProviders', () => {
  it('gives plain objects without `options`, which Auth.js would merge again', () => {
    for (const provider of [GitHub, GitHub({}), withProfile(GitHub, () => ({ id: '1' }))]) {
      expect(typeof resolve(provider)).toBe('object')
      expect(resolve(provider)).not.toHaveProperty('options')
    }
  })

  it('puts the user\'s settings over the provider\'s own, except `undefined` and the type', () => {
    const provider = { ...GitHub({ clientId: undefined, clientSecret: 'y', authorization: { params: { scope: 'repo' } } }), clientId: 'x' }
    const settings = { id: 'mine', type: 'oidc' }
    expect(resolve({ ...provider, options: { ...provider.options, ...settings } } as never)).toMatchObject({ id: 'mine', type: 'oauth', clientId: 'x', clientSecret: 'y' })
    expect(resolve(provider)).toMatchObject({ authorization: { url: 'https://github.com/login/oauth/authorize', params: { scope: 'repo' } } })
  })

  it('replaces lists, and keeps objects of a class whole', () => {
    const key = new URL('https://id.example')
    expect(resolve({ ...GitHub({ checks: ['none'], token: key as never }), checks: ['pkce', 'state'], token: { url: 'x' } })).toMatchObject({ checks: ['none'], token: key })
  })

  it('keeps a customFetch of the user, behind one that the provider has itself', () => {
    expect(resolve(GitHub({ [customFetch]: fetch }))).toMatchObject({ [customFetch]: fetch })
    const own = Entra({ [customFetch]: fetch })
    expect(resolve(own)).toMatchObject({ [customFetch]: Reflect.get(own, customFetch) })
  })

  it('fills in environment variables where the definition has nothing', () => {
    const variables = { AUTH_AUTH0_ID: 'id', AUTH_AUTH0_SECRET: 'secret', AUTH_AUTH0_ISSUER: 'https://id.example' }
    const filled = { clientId: 'id', clientSecret: 'secret', issuer: 'https://id.example' }
    for (const provider of [Auth0, Auth0({}), withProfile(Auth0, () => ({ id: '1' }))]) expect(resolve(provider, variables)).toMatchObject(filled)
    expect(resolve(Auth0({ clientId: 'own' }), variables)).toMatchObject({ ...filled, clientId: 'own' })
    expect(resolve(Resend, { AUTH_RESEND_KEY: 'key' })).toMatchObject({ apiKey: 'key' })
  })

  it('prefers the variables of a provider\'s own id to those of its kind', () => {
    const variables = { AUTH_GITHUB_ID: 'kind', AUTH_GITHUB_SECRET: 'kind', AUTH_GITHUB_WORK_ID: 'own' }
    expect(resolve(GitHub({ id: 'github-work' }), variables)).toMatchObject({ clientId: 'own', clientSecret: 'kind' })
  })

  it('never changes the definition\'s own object', () => {
    const provider = Object.freeze(GitHub({ clientId: 'x' }))
    const before = structuredClone(Object.keys(provider))
    resolve(provider, { AUTH_GITHUB_SECRET: 'secret' })
    expect(Object.keys(provider)).toEqual(before)
  })
})

it('isOAuth is true for OAuth and OpenID Connect only', () => {
  expect([resolve(GitHub), resolve(Entra), resolve(Resend), undefined].map(isOAuth)).toEqual([true, true, false, false])
})
