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
  it.each([[{}, 'there is none'], [{ adapter: { createUser: () => {} }, session: { strategy: 'jwt' } }, 'the adapter has no createVerificationToken']])('ends where an email provider has no adapter for it: %j', async (more, why) => {
    current.definition = { providers: [() => mail], ...more }
    await requireStart()
    expect(exit).toHaveBeenCalledWith(1)
    expect(log.mock.calls).toEqual([[expect.stringMatching(`AUTH_D050: server/auth.ts: the provider \`post\` needs an adapter: ${why}`), undefined].slice(0, log.mock.calls[0]?.length)])
  })

  it('goes on with one, with a definition per request, and where the definition can\'t be loaded now', async () => {
    const definitions = [{ providers: [mail], adapter: new MemoryAdapter([]) }, () => ({ providers: [mail] })]
    for (const definition of definitions) {
      current.definition = definition
      await requireStart()
    }
    expect([exit.mock.calls, log.mock.calls]).toEqual([[], []])
  })
})
