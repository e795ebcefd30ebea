import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'

const load = async (withNode: boolean) => {
  vi.resetModules()
  if (!withNode) vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  return await import('../../../../src/runtime/server/token/hash')
}

afterEach(() => void vi.restoreAllMocks())

describe.each([['with node:crypto', true], ['without node:crypto', false]])('toHash, %s,', (_, withNode) => {
  it('is the SHA-256 of the text in UTF-8, in hex', async () => {
    const { toHash } = await load(withNode)
    expect(await toHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await toHash('Grüße')).toBe(createHash('sha256').update('Grüße').digest('hex'))
  })
})
