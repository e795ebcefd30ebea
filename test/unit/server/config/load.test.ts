import { afterEach, describe, expect, it, vi } from 'vitest'
import { toEvent } from '../../event'

const first = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const second = 'Q2wE4rT6yU8iO0pA1sD3fG5hJ7kL9zXc'

/** The server's files, as a process has them that starts now. */
async function startProcess(variables: Record<string, string>, definition: unknown = { providers: [] }) {
  vi.resetModules()
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  const { current } = await import('../../definition-module')
  current.definition = definition
  const { keepEnvironment } = await import('../../../../src/runtime/server/config/environment')
  keepEnvironment()
  return await import('../../../../src/runtime/server/config/load')
}

afterEach(() => vi.unstubAllEnvs())

describe('the config of a request', () => {
  it('is made once for a process that knows its origin', async () => {
    const { getConfig } = await startProcess({ AUTH_SECRET: first, AUTH_URL: 'https://app.example' })
    await getConfig(toEvent())
    expect(await getConfig(toEvent())).toBe(await getConfig(toEvent()))
    expect(await getConfig(toEvent())).toMatchObject({ origin: 'https://app.example', secret: [first] })
  })

  it('never is another request\'s where the origin comes with it', async () => {
    const { getConfig } = await startProcess({ AUTH_SECRET: first, AUTH_TRUST_HOST: 'true' })
    for (const host of ['one.example', 'two.example', 'one.example']) expect(await getConfig(toEvent({ host, 'x-forwarded-proto': 'https' }))).toMatchObject({ origin: `https://${host}` })
  })

  it('never is another request\'s where the definition is made for each', async () => {
    const secrets: Record<string, string> = { 'one.example': first, 'two.example': second }
    const define = (event: ReturnType<typeof toEvent>) => ({ providers: [], secret: secrets[event.headers.get('host') ?? ''] })
    const { getConfig } = await startProcess({ AUTH_SECRET: first, AUTH_URL: 'https://app.example' }, define)
    for (const host of ['one.example', 'two.example', 'one.example']) expect(await getConfig(toEvent({ host }))).toMatchObject({ secret: [secrets[host]] })
  })

  it('is tried again after it could not be made', async () => {
    const { getConfig } = await startProcess({ AUTH_URL: 'https://app.example' })
    for (let turn = 0; turn < 2; turn++) await expect(getConfig(toEvent())).rejects.toThrow('AUTH_S001')
  })
})
