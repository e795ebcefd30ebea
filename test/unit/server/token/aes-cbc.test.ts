import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Cipheriv } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toCbc } from '../../../../src/runtime/server/token/aes-cbc'
import type { Cbc } from '../../../../src/runtime/server/token/aes-cbc'
import { createRandom } from '../../random'

const key = randomBytes(32)
const cbc = toCbc(key)!
const read = (bytes: Uint8Array) => Buffer.from(bytes).toString()

/** As node:crypto does it, with an object for each text. */
function sealOnce(text: string | Buffer, isPadded = false): Buffer {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(!isPadded)
  return Buffer.concat([iv, cipher.update(text), cipher.final()])
}

function openOnce(sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-cbc', key, sealed.subarray(0, 16))
  return Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]).toString()
}

afterEach(() => vi.restoreAllMocks())

describe('one cipher for all texts', () => {
  it('seals and opens as one for each does, in any order, for texts of each length', () => {
    const { next } = createRandom(3)
    const texts = Array.from({ length: 200 }, (_, length) => 'ä\u{1F600}x'.repeat(length).slice(0, length).toWellFormed()).sort(() => next() - 0.5)
    for (const text of texts) {
      expect(openOnce(cbc.seal(text))).toBe(text)
      expect(read(cbc.open(sealOnce(text)))).toBe(text)
      expect(read(cbc.open(cbc.seal(text)))).toBe(text)
    }
  })

  it('never seals with the same IV, nor in a way that shows that two texts are one', () => {
    const sealed = Array.from({ length: 20_000 }, () => cbc.seal('{"sub":"1"}'))
    for (const part of [[0, 16], [16, 32]] as const) expect(new Set(sealed.map(bytes => bytes.toString('hex', ...part))).size).toBe(sealed.length)
    // Nor after another start, where the ciphers are new.
    expect(new Set(Array.from({ length: 1000 }, () => toCbc(key)!.seal('x').toString('hex', 0, 16))).size).toBe(1000)
    // Each bit of the IV is set as often as not: an IV that can be foretold is none.
    const counts = Array.from({ length: 128 }, (_, bit) => sealed.filter(bytes => (bytes[bit >> 3]! >> (bit & 7)) & 1).length)
    expect(Math.min(...counts)).toBeGreaterThan(9_600)
    expect(Math.max(...counts)).toBeLessThan(10_400)
  })

  it('refuses what is not padded, or not in blocks, and opens the next as if nothing had been', () => {
    const refused = [Buffer.alloc(0), randomBytes(16), sealOnce('x').subarray(0, 31), sealOnce('x').subarray(0, 17)]
    const padded = [Buffer.alloc(16), Buffer.alloc(16, 17), Buffer.alloc(16, 255), Buffer.from([...Array.from({ length: 13 }, () => 1), 3, 2, 3])]
    for (const sealed of [...refused, ...padded.map(blocks => sealOnce(blocks, true))]) {
      expect(() => cbc.open(sealed)).toThrow(/^not /)
      expect(read(cbc.open(sealOnce('next')))).toBe('next')
    }
  })

  it('never takes an IV alone for a text', () => {
    for (let turn = 0; turn < 2000; turn++) expect(() => cbc.open(randomBytes(16))).toThrow('not padded')
  })

  it('is left to others where a cipher keeps back what it was given', async () => {
    const crypto = process.getBuiltinModule('node:crypto')
    const hold = (make: (name: string, key: Buffer, iv: Uint8Array) => Cipheriv) => (...args: Parameters<typeof make>) => {
      const made = make(...args)
      const { update } = made
      let held = Buffer.alloc(0)
      return Object.assign(made, { update(bytes: Buffer) {
        const all = Buffer.concat([held, Reflect.apply(update, made, [bytes]) as Buffer])
        held = all.subarray(-16)
        return all.subarray(0, -16)
      } })
    }
    const load = async (own: PropertyDescriptorMap): Promise<Cbc | undefined> => {
      vi.resetModules()
      const find = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(Object.create(crypto, own))
      const loaded = await import('../../../../src/runtime/server/token/aes-cbc')
      find.mockRestore()
      return loaded.toCbc(key)
    }
    expect(await load({})).toBeDefined()
    expect(await load({ createDecipheriv: { value: hold(crypto.createDecipheriv as never) } })).toBeUndefined()
    expect(await load({ createCipheriv: { value: hold(crypto.createCipheriv as never) } })).toBeUndefined()
  })
})
