import { skipCSRFCheck } from '@auth/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { prepareRun } from '../../../../src/runtime/server/authjs/prepare'
import { getConfig } from '../../../../src/runtime/server/config/load'
import { credentials } from '../../../../src/runtime/server/define'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const hub = { id: 'hub', name: 'Hub', type: 'oauth', clientId: 'app', clientSecret: 'x', authorization: 'https://id.example/a', token: 'https://id.example/t', userinfo: 'https://id.example/u' }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = { providers: [credentials({ credentials: { name: {} }, authorize: () => null }), hub, { ...hub, id: 'bare', clientId: undefined }] }
})

async function prepare(provider: string, more: object = {}) {
  const event = toEvent()
  const config = await getConfig(event)
  const parts = { method: 'POST', path: '/?error=access_denied', headers: new Headers() }
  return { config, ...await prepareRun({ event, config, parts, action: { name: 'signin', provider }, fields: undefined, isVerified: false, ...more }) }
}

describe('prepareRun', () => {
  it('never changes the config that all requests share', async () => {
    const { config, authConfig } = await prepare('hub')
    expect(authConfig).not.toBe(config)
    expect(authConfig.providers).not.toBe(config.providers)
    expect(Object.keys(config)).not.toContain('raw')
  })

  it('leaves the CSRF check to Auth.js unless the request is verified', async () => {
    expect((await prepare('credentials')).authConfig.skipCSRFCheck).toBeUndefined()
    expect((await prepare('credentials', { isVerified: true })).authConfig.skipCSRFCheck).toBe(skipCSRFCheck)
  })

  it('has a provider only if it is an OAuth provider', async () => {
    expect((await prepare('hub')).provider?.id).toBe('hub')
    expect((await prepare('credentials')).provider).toBeUndefined()
  })

  it('refuses an OAuth provider without a client id', async () => {
    await expect(prepare('bare')).rejects.toMatchObject({ code: 'AUTH_D004' })
  })

  it('notes the error of the provider\'s answer, from a form or from the query', async () => {
    expect((await prepare('hub')).notes.flow.answered).toBe('access_denied')
    expect((await prepare('hub', { fields: { error: 'server_error' } })).notes.flow.answered).toBe('server_error')
  })

  it('never lets Auth.js write debug logs in production', async () => {
    expect((await prepare('hub')).authConfig.logger?.debug).toBeUndefined()
  })
})
