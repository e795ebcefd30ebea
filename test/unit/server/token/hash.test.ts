import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'

const load = async (withNode: boolean) => {
  vi.resetModules()
  if (!withNode) vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  return await import('../../../../src/runtime/server/token/hash')
}

afterEach(() => void vi.restoreAllMocks())

describe.each([['with node:crypto', true], ['without it', false]])('hashes %s', (_, withNode) => {
  it('are SHA-2, of the text\'s UTF-8', async () => {
    const { toHash, toThumbprint } = await load(withNode)
    expect(await toHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await toThumbprint('abc', 256)).toBe(Buffer.from(await toHash('abc'), 'hex').toString('base64url'))
    expect(await toThumbprint('Grüße', 256)).toBe(createHash('sha256').update('Grüße').digest('base64url'))
    expect(await toThumbprint('abc', 512)).toBe('3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw')
  })

  it('and keys are those of RFC 5869, A.3', async () => {
    const { deriveBytes } = await load(withNode)
    const bytes = await deriveBytes('\v'.repeat(22), '', '', 42)
    expect(Buffer.from(bytes).toString('hex')).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8')
  })
})
