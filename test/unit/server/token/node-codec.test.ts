import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { decode, encode } from '@auth/core/jwt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadCodec } from '../../../attacks/codec/paths'
import type { Codec } from '../../../attacks/codec/paths'
import { seal, toKid } from '../../../attacks/codec/seal'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const salt = 'authjs.session-token'
const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256CBC-HS512', kid: toKid(secret, salt) })).toString('base64url')
const recipe = { secret, salt, header, plaintext: Buffer.from('{"sub":"1"}'), iv: randomBytes(16) }

/** A token, and some whose MAC is right as well, but whose padding is none. */
const authentic = seal(recipe)
const padded = [0, 17, 255].map(last => seal({ ...recipe, plaintext: Buffer.alloc(16, last), isPadded: true }))

/** A byte of one part is another; what the cipher would find in it depends on which. */
function change(token: string, part: number, byte: number): string {
  const parts = token.split('.')
  const bytes = Buffer.from(parts[part] ?? '', 'base64url')
  bytes[byte < 0 ? bytes.length + byte : byte]! ^= 0x10
  return parts.with(part, bytes.toString('base64url')).join('.')
}

const forged = {
  'the tag, padding right': [0, 15, 31].map(byte => change(authentic, 4, byte)),
  'the tag, padding wrong': padded.flatMap(token => [0, 15, 31].map(byte => change(token, 4, byte))),
  'the text, padding wrong': [change(authentic, 3, -1)],
  'the IV, padding right': [change(authentic, 2, 0)],
  'the IV, padding wrong': [change(authentic, 2, -1), change(padded[0]!, 2, -1)],
  'the tag of another key': [authentic, ...padded].map(token => `${token.slice(0, token.lastIndexOf('.'))}.${seal({ ...recipe, secret: 'other' }).split('.')[4]}`),
}

const decipher = vi.fn()
const compare = vi.fn()
let codec: Codec
let decrypt: { mock: { calls: unknown[] } }

/** Sees what the module asks of node:crypto, and of WebCrypto. */
async function watch(hasNodeCrypto: boolean) {
  const { crypto } = { crypto: process.getBuiltinModule('node:crypto') }
  const watched = Object.create(crypto, {
    createDecipheriv: { value: (...args: Parameters<typeof crypto.createDecipheriv>) => {
      const made = crypto.createDecipheriv(...args)
      const { update } = made
      return Object.assign(made, { update(...sealed: unknown[]): unknown {
        decipher()
        return Reflect.apply(update, made, sealed)
      } })
    } },
    timingSafeEqual: { value: compare.mockImplementation(crypto.timingSafeEqual) },
  })
  const find = vi.spyOn(process, 'getBuiltinModule').mockImplementation(((id: string) => id === 'node:crypto' ? watched : undefined) as never)
  codec = await loadCodec(hasNodeCrypto)
  find.mockRestore()
  decrypt = vi.spyOn(globalThis.crypto.subtle, 'decrypt')
  // What deriving the key for the first time asks is not what is looked at.
  for (const own of [secret, 'older']) await codec.decodeToken({ token: await encode({ token: {}, secret: own, salt }), secret: own, salt })
}

const open = (token: string) => codec.decodeToken({ token, secret, salt })
const toCalls = () => ({ decipher: decipher.mock.calls.length, decrypt: decrypt.mock.calls.length })

afterEach(() => vi.restoreAllMocks())

describe.each([['node:crypto', true], ['jose', false]])('a token whose MAC is wrong, with %s,', (_, hasNodeCrypto) => {
  beforeEach(async () => {
    await watch(hasNodeCrypto)
    vi.clearAllMocks()
  })

  it.each(Object.entries(forged))('JWE-01 is never deciphered: %s', async (_, tokens) => {
    for (const token of tokens) expect(await open(token)).toBeNull()
    expect(toCalls()).toEqual({ decipher: 0, decrypt: 0 })
    expect(compare).toHaveBeenCalledTimes(hasNodeCrypto ? tokens.length : 0)
  })

  it('differs in that from one whose MAC is right', async () => {
    expect(await open(authentic)).toEqual({ sub: '1' })
    expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 1, decrypt: 0 } : { decipher: 0, decrypt: 1 })
    // Only who has the key makes such a one: it learns nothing from being refused.
    for (const token of padded) expect(await open(token)).toBeNull()
    expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 1 + padded.length, decrypt: padded.length } : { decipher: 0, decrypt: 1 + padded.length })
  })

  it('is told from one of Auth.js, which one call opens, whichever secret sealed it', async () => {
    for (const own of [secret, 'older']) {
      const token = await encode({ token: { sub: '1' }, secret: own, salt })
      vi.clearAllMocks()
      expect(await codec.decodeToken({ token, secret: [secret, 'older'], salt })).toMatchObject({ sub: '1' })
      expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 1, decrypt: 0 } : { decipher: 0, decrypt: 1 })
    }
  })

  it('says nothing to anybody: no answer, and no line in a log', async () => {
    const lines = (['log', 'warn', 'error', 'info', 'debug'] as const).map(level => vi.spyOn(console, level))
    for (const token of [...Object.values(forged).flat(), ...padded]) expect(await open(token)).toBeNull()
    expect(lines.flatMap(({ mock }) => mock.calls)).toEqual([])
  })
})

describe('a host whose node:crypto hashes in the older way only', () => {
  it('seals what others open, opens what others seal, and nothing else', async () => {
    const crypto = process.getBuiltinModule('node:crypto')
    const older = Object.create(crypto, { hash: { value: undefined } })
    const find = vi.spyOn(process, 'getBuiltinModule').mockImplementation(((id: string) => id === 'node:crypto' ? older : undefined) as never)
    const codec = await loadCodec(true)
    find.mockRestore()
    const webDecrypt = vi.spyOn(globalThis.crypto.subtle, 'decrypt')
    expect(await codec.decodeToken({ token: authentic, secret, salt })).toEqual({ sub: '1' })
    for (const token of Object.values(forged).flat()) expect(await codec.decodeToken({ token, secret, salt })).toBeNull()
    expect(webDecrypt).not.toHaveBeenCalled()
    expect(await decode({ token: await codec.encodeToken({ token: { sub: '2' }, secret, salt }), secret, salt })).toMatchObject({ sub: '2' })
  })
})
