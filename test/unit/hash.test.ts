import { afterEach, describe, expect, it, vi } from 'vitest'

const load = async (withNode: boolean) => {
  vi.resetModules()
  if (!withNode) vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  return await import('../../src/runtime/server/hash')
}

afterEach(() => void vi.restoreAllMocks())

describe.each([['with node:crypto', true], ['without it', false]])('hashes %s', (_, withNode) => {
  it('are SHA-2, of the text\'s UTF-8', async () => {
    const { toDigest, toHash } = await load(withNode)
    expect(await toHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await toHash('Grüße')).toBe(Buffer.from(await toDigest('SHA-256', 'Grüße')).toString('hex'))
    expect(Buffer.from(await toDigest('SHA-512', 'abc')).toString('hex')).toMatch(/^ddaf35a193617aba/)
  })

  it('and keys are those of RFC 5869, A.3', async () => {
    const { deriveBytes } = await load(withNode)
    const bytes = await deriveBytes('\v'.repeat(22), '', '', 42)
    expect(Buffer.from(bytes).toString('hex')).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8')
  })
})
