import * as crypto from 'node:crypto'
import { afterEach, expect, it, vi } from 'vitest'

const load = async () => {
  vi.resetModules()
  return (await import('../../../../src/runtime/server/token/node-crypto')).nodeCrypto
}

afterEach(() => void vi.unstubAllGlobals())

it('nodeCrypto is node:crypto if the host has it', async () => {
  expect((await load())?.randomBytes).toBe(crypto.randomBytes)
})

it.each([
  ['no process', undefined],
  ['a process without getBuiltinModule', {}],
  ['no node:crypto', { getBuiltinModule: () => undefined }],
])('nodeCrypto is undefined on a host that has %s', async (_, process) => {
  vi.stubGlobal('process', process)
  expect(await load()).toBeUndefined()
})
