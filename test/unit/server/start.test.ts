import { beforeEach, describe, expect, it, vi } from 'vitest'
import { requireStart } from '../../../src/runtime/server/start'
import { current } from '../definition-module'
import { MemoryAdapter } from '../memory-adapter'

const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
const log = vi.spyOn(console, 'error').mockImplementation(() => {})
const mail = { id: 'post', type: 'email', sendVerificationRequest: () => {} }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  exit.mockClear()
  log.mockClear()
})

describe('a start in production', () => {
  it.each([[{}, 'there is none'], [{ adapter: { createUser: () => {} }, session: { strategy: 'jwt' } }, 'the adapter has no createVerificationToken']])('ends if an email provider has no adapter for it: %j', async (more, why) => {
    current.definition = { providers: [() => mail], ...more }
    await requireStart()
    expect(exit).toHaveBeenCalledWith(1)
    expect(log.mock.calls).toEqual([[expect.stringMatching(`AUTH_D050: server/auth.ts: the provider \`post\` needs an adapter: ${why}`), undefined].slice(0, log.mock.calls[0]?.length)])
  })

  it('goes on with an adapter, or with a definition that is a function of the request', async () => {
    const definitions = [{ providers: [mail], adapter: new MemoryAdapter([]) }, () => ({ providers: [mail] })]
    for (const definition of definitions) {
      current.definition = definition
      await requireStart()
    }
    expect([exit.mock.calls, log.mock.calls]).toEqual([[], []])
  })

  describe('without a complete environment', () => {
    /** Starts a new copy of the module, because a process keeps its first environment. */
    async function start(variables: { AUTH_SECRET?: string, AUTH_URL?: string }, definition: object) {
      for (const name of ['AUTH_SECRET', 'AUTH_URL']) vi.stubEnv(name, undefined)
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
      vi.resetModules()
      const fresh = await import('../definition-module')
      fresh.current.definition = { providers: [], ...definition }
      await (await import('../../../src/runtime/server/start')).requireStart()
    }
    const AUTH_SECRET = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'

    it('ends without a secret, and says so', async () => {
      await start({ AUTH_URL: 'https://app.example' }, {})
      expect(exit).toHaveBeenCalledWith(1)
      expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('AUTH_S001'))
    })

    it('ends without an origin unless the definition trusts the host', async () => {
      await start({ AUTH_SECRET }, {})
      expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('AUTH_S003'))
      exit.mockClear()
      await start({ AUTH_SECRET }, { trustHost: true })
      expect(exit).not.toHaveBeenCalled()
    })
  })
})
