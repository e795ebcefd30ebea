import { afterEach, describe, expect, it, vi } from 'vitest'
import { toKey, toKid } from '../../../attacks/codec/seal'

const load = async (withNode: boolean) => {
  vi.resetModules()
  if (!withNode) vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  return await import('../../../../src/runtime/server/token/keys')
}

afterEach(() => void vi.restoreAllMocks())

describe.each([['with node:crypto', true], ['without node:crypto', false]])('a key, %s,', (_, withNode) => {
  it.each([['secret', 'authjs.session-token'], ['ü'.repeat(20), '__Host-authjs.session-token'], ['s', 'ü'], ['s', '']])('is derived from the secret %j and the cookie name %j as in Auth.js', async (secret, salt) => {
    const { getKey } = await load(withNode)
    for (const enc of ['A256CBC-HS512', 'A256GCM'] as const) {
      const { bytes, kid, header } = await getKey(secret, salt, enc)
      expect([Buffer.from(bytes).toString('hex'), kid]).toEqual([toKey(secret, salt, enc).toString('hex'), toKid(secret, salt, enc)])
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'dir', enc, kid })
    }
  })

  it('is derived once', async () => {
    const { getKey } = await load(withNode)
    const [first, second] = await Promise.all([getKey('a', 'b', 'A256CBC-HS512'), getKey('a', 'b', 'A256CBC-HS512')])
    expect(second).toBe(first)
    expect(await getKey('a', 'b', 'A256CBC-HS512')).toBe(first)
  })

  it('never collides with that of another secret, cookie or encryption', async () => {
    const { getKey } = await load(withNode)
    const keys = await Promise.all([getKey('a\nb', 'c', 'A256CBC-HS512'), getKey('b', 'c\na', 'A256CBC-HS512'), getKey('a', 'b\nc', 'A256CBC-HS512'), getKey('a\nb', 'c', 'A256GCM')])
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(4)
  })
})
