import { createError } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requireSession } from '../../../src/runtime/server/guard/require-session'
import handler from '../../../src/runtime/server/handler'
import { getServerSession } from '../../../src/runtime/server/session/session'
import { current } from '../definition-module'
import { toEvent } from '../event'

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
