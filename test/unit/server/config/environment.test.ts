import { describe, expect, it } from 'vitest'
import { requireSecrets, resolveEnvironment } from '../../../../src/runtime/server/config/environment'

const strong = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'

describe('resolveEnvironment', () => {
  it('puts the newest secret first: NUXT_AUTH_SECRET, then AUTH_SECRET_3 to _1, then AUTH_SECRET', () => {
    const { secrets } = resolveEnvironment({ AUTH_SECRET: 'a', AUTH_SECRET_1: 'b', AUTH_SECRET_2: 'c', AUTH_SECRET_3: 'd' }, { secret: 'n' })
    expect(secrets.map(({ name }) => name)).toEqual(['NUXT_AUTH_SECRET', 'AUTH_SECRET_3', 'AUTH_SECRET_2', 'AUTH_SECRET_1', 'AUTH_SECRET'])
  })

  it('lets NUXT_AUTH_* win over runtime config, and that over AUTH_*', () => {
    const config = { secret: 'config', url: 'https://config.example', trustHost: true }
    const own = resolveEnvironment({ AUTH_SECRET: 'a', AUTH_URL: 'https://a.example', AUTH_TRUST_HOST: 'false' }, config)
    expect([own.secrets[0]?.value, own.origin, own.trustHost]).toEqual(['config', 'https://config.example', true])
    const nuxt = resolveEnvironment({ NUXT_AUTH_SECRET: 'nuxt', NUXT_AUTH_URL: 'https://nuxt.example', NUXT_AUTH_TRUST_HOST: 'false' }, config)
    expect([nuxt.secrets[0]?.value, nuxt.origin, nuxt.trustHost]).toEqual(['nuxt', 'https://nuxt.example', false])
  })

  it('takes a secret without the white space around it, and none for what is only that', () => {
    expect(resolveEnvironment({ AUTH_SECRET: ` ${strong}\n`, AUTH_SECRET_1: '  ' }, {}).secrets).toEqual([{ name: 'AUTH_SECRET', value: strong }])
  })

  it.each(['true', 'TRUE', '1', 'yes', 'on', ' true '])('trusts the host for AUTH_TRUST_HOST=%s', (value) => {
    expect(resolveEnvironment({ AUTH_TRUST_HOST: value }, {}).trustHost).toBe(true)
  })

  it.each(['false', '0', '', 'no', 'off', 'truthy', undefined])('never trusts the host for AUTH_TRUST_HOST=%s', (value) => {
    expect(resolveEnvironment({ AUTH_TRUST_HOST: value, NODE_ENV: 'staging', VERCEL: '1' }, {}).trustHost).toBe(false)
  })

  it('takes the origin of AUTH_URL and nothing else of it', () => {
    expect(resolveEnvironment({ AUTH_URL: 'https://app.example/api/auth?x' }, {}).origin).toBe('https://app.example')
    expect(resolveEnvironment({ AUTH_URL: 'https://a.example' }, { url: 'https://b.example' }).origin).toBe('https://b.example')
    expect(resolveEnvironment({}, {}).origin).toBeUndefined()
  })

  it.each(['app.example', 'javascript:x', 'ftp://app.example', 'https://'])('refuses AUTH_URL=%s with AUTH_S004', (url) => {
    expect(() => resolveEnvironment({ AUTH_URL: url }, {})).toThrow('AUTH_S004')
  })
})

describe('requireSecrets', () => {
  const environment = (secret: string) => resolveEnvironment({ AUTH_SECRET: secret }, {})

  it('takes the definition\'s own secrets instead of the environment\'s', () => {
    expect(requireSecrets([`${strong}1`, `${strong}2`], environment(strong), false)).toEqual([`${strong}1`, `${strong}2`])
    expect(requireSecrets(undefined, environment(strong), false)).toEqual([strong])
  })

  it.each(['x', 'secret', '8charact', strong.slice(1), 'x'.repeat(100)])('SEC-02 refuses %s in production with AUTH_S002', (secret) => {
    expect(() => requireSecrets(undefined, environment(secret), false)).toThrow('AUTH_S002')
    expect(() => requireSecrets(secret, environment(strong), false)).toThrow('AUTH_S002')
    expect(requireSecrets(secret, environment(strong), true)).toEqual([secret])
  })

  it('counts bytes, not characters', () => {
    expect(requireSecrets('äöüß'.repeat(4), environment(''), false)).toHaveLength(1)
  })

  it('SEC-01 refuses to go on without any, with AUTH_S001', () => {
    expect(() => requireSecrets(undefined, environment(''), false)).toThrow('AUTH_S001')
    expect(() => requireSecrets('', environment(' '), true)).toThrow('AUTH_S001')
  })

  it('never tells the secret in its message', () => {
    expect(() => requireSecrets(undefined, environment('hunter2'), false)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') as string }) as Error)
  })
})
