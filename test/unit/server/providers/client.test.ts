import { customFetch } from '@auth/core'
import { describe, expect, it, vi } from 'vitest'
import { createProviderClient } from '../../../../src/runtime/server/providers/client'

const { signal } = new AbortController()
const discovery = 'https://id.example/.well-known/openid-configuration'

function create(send: (url: unknown) => Response, settings: object = {}) {
  const call = vi.fn(async (url: unknown) => send(url))
  const provider = { id: 'x', type: 'oidc', issuer: 'https://id.example', [customFetch]: call, ...settings }
  return { call, client: createProviderClient(provider, { signal, isDev: false }) }
}

describe('createProviderClient', () => {
  it('requests the discovery document once', async () => {
    const { call, client } = create(() => Response.json({ issuer: 'https://id.example/' }))
    expect(await client.getMetadata()).toEqual(await client.getMetadata())
    expect(call.mock.calls.map(([url]) => url)).toEqual([discovery])
  })

  it('keeps a discovery document that Auth.js requested through it', async () => {
    const { call, client } = create(() => Response.json({ issuer: 'https://id.example' }))
    await client.fetch(new URL(discovery))
    expect(await client.getMetadata()).toEqual({ issuer: 'https://id.example' })
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('requests `wellKnown` if the definition names it', async () => {
    const { call, client } = create(() => Response.json({ issuer: 'https://id.example' }), { wellKnown: 'https://id.example/meta' })
    await client.getMetadata()
    expect(call.mock.calls.map(([url]) => url)).toEqual(['https://id.example/meta'])
  })

  it.each([{ issuer: 'https://other.example' }, { issuer: 'none' }, { jwks_uri: 'https://id.example/keys' }])(
    'never accepts the document of another issuer: %j', async (metadata) => {
      const { client } = create(() => Response.json(metadata))
      await expect(client.getMetadata()).rejects.toMatchObject({ flowError: 'Configuration' })
    })

  it('never calls a private host that the definition does not name', async () => {
    const { call, client } = create(() => Response.json({ sub: '1' }), { userinfo: 'https://10.0.0.5/me' })
    await expect(client.fetch('https://10.0.0.6/me')).rejects.toMatchObject({ flowError: 'Configuration' })
    expect(call).not.toHaveBeenCalled()
    expect(await (await client.fetch('https://10.0.0.5/me')).json()).toEqual({ sub: '1' })
  })

  it('accepts a list from OAuth providers with a profile, and a token answer that `conform` parses', async () => {
    const settings = { type: 'oauth', profile: () => ({}), token: { conform: () => {} } }
    const { client } = create(url => url === 'https://id.example/me' ? Response.json([{ id: '1' }]) : new Response('access_token=x'), settings)
    expect(await (await client.fetch('https://id.example/me')).json()).toEqual([{ id: '1' }])
    expect(await (await client.fetch('https://id.example/token', { method: 'POST' })).text()).toBe('access_token=x')
  })

  it('uses the global fetch of the moment of the call', async () => {
    const { client } = create(() => Response.error(), { [customFetch]: undefined })
    vi.stubGlobal('fetch', async () => Response.json({ sub: '1' }))
    expect(await (await client.fetch('https://id.example/me')).json()).toEqual({ sub: '1' })
    vi.unstubAllGlobals()
  })
})
