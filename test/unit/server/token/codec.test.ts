import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { getBuiltinModule } from 'node:process'
import { decode, encode } from '@auth/core/jwt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compare } from '../../../attacks/codec/compare'
import { loadCodec } from '../../../attacks/codec/paths'
import type { Codec } from '../../../attacks/codec/paths'
import { seal, toKid } from '../../../attacks/codec/seal'
import { toMutants } from '../../../attacks/mutants'
import { createRandom } from '../../random'

// The same promises on a host with node:crypto, and on one without, where jose does everything.
const codecs = { 'node:crypto': await loadCodec(true), 'jose': await loadCodec(false) }
const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const older = 'old-secret-old-secret-old-secret-1'
const salt = 'authjs.session-token'
const claims = { sub: '1', name: 'Ada', role: 'admin', nested: { list: [1, 'ü', null] } }
const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256CBC-HS512', kid: toKid(secret, salt) })).toString('base64url')
const recipe = { secret, salt, header, plaintext: Buffer.from('{"sub":"1"}'), iv: randomBytes(16) }
const issued = { iat: expect.any(Number) as number, exp: expect.any(Number) as number, jti: expect.any(String) as string }

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe.each(Object.entries(codecs))('a token, with %s,', (_, { decodeToken, encodeToken }) => {
  const open = (token: string, from: string | string[] = secret) => decodeToken({ token, secret: from, salt })

  it('is interchangeable with one of @auth/core/jwt, both ways', async () => {
    expect(await decode({ token: await encodeToken({ token: claims, secret, salt }), secret, salt })).toMatchObject(claims)
    expect(await open(await encode({ token: claims, secret, salt }))).toMatchObject(claims)
  })

  it('decodes to the same claims at any length', async () => {
    for (let length = 0; length < 200; length++) {
      const text = 'ä\u{1F600}x'.repeat(length).slice(0, length).toWellFormed()
      expect(await open(await encodeToken({ token: { text }, secret, salt }))).toEqual({ text, ...issued })
    }
  })

  it('expires after maxAge, with a tolerance of 15 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const token = await encodeToken({ token: claims, secret, salt, maxAge: 60 })
    vi.setSystemTime(Date.now() + 74_000)
    expect(await open(token)).toMatchObject(claims)
    vi.setSystemTime(Date.now() + 3_000)
    expect(await open(token)).toBeNull()
  })

  it('JWE-04 has the tolerance of Auth.js: 15 seconds for exp and nbf, and any for iat', async () => {
    const now = Math.floor(Date.now() / 1000)
    const issue = async (times: object) => {
      vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 })
      return await encode({ token: { ...claims, ...times } as never, secret, salt, maxAge: 60 })
    }
    for (const times of [{ nbf: now + 10 }, { nbf: now + 3600 }, { nbf: 'soon' }, { nbf: now - 5 }]) {
      const token = await issue(times)
      expect(await open(token)).toEqual(await decode({ token, secret, salt }).catch(() => null))
    }
    for (const ahead of [-3600, -61, 0, 60, 74, 75, 76, 3600]) {
      const token = await issue({})
      vi.setSystemTime((now + ahead) * 1000)
      expect(await open(token), String(ahead)).toEqual(await decode({ token, secret, salt }).catch(() => null))
    }
  })

  it('JWE-03 is decrypted with an older secret, encrypted with the newest, and refused once its secret is gone', async () => {
    const old = await encode({ token: claims, secret: older, salt })
    expect(await open(old, [secret, older])).toMatchObject(claims)
    const next = await encodeToken({ token: claims, secret: [secret, older], salt })
    expect(await open(next)).toMatchObject(claims)
    expect(await open(old)).toBeNull()
  })

  it('never has the same IV twice, and never shows that two tokens have the same claims', { timeout: 30_000 }, async () => {
    const tokens = await Promise.all(Array.from({ length: 2000 }, () => encodeToken({ token: { sub: '1' }, secret, salt })))
    const ivs = tokens.map(token => Buffer.from(token.split('.')[2]!, 'base64url'))
    for (const part of [2, 3, 4]) expect(new Set(tokens.map(token => token.split('.')[part]!.slice(0, 21))).size).toBe(tokens.length)
    // Every bit of the IV is set as often as not.
    const counts = Array.from({ length: 128 }, (_, bit) => ivs.filter(iv => (iv[bit >> 3]! >> (bit & 7)) & 1).length)
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
  })

  it('JWE-01 is never decrypted after any of the forgeries that are sent to built apps', async () => {
    const mutants = Object.entries(await toMutants({ token: await encodeToken({ token: claims, secret, salt }), secret, salt }))
    expect(mutants.length).toBeGreaterThanOrEqual(69)
    for (const [name, token] of mutants) expect([name, await open(token)]).toEqual([name, null])
  })

  it('is never decrypted with one character changed, at any position', async () => {
    const token = await encodeToken({ token: claims, secret, salt })
    const { next, pick } = createRandom(7)
    for (let round = 0; round < 500; round++) {
      const at = Math.floor(next() * token.length)
      const other = pick([...'ABCDEFghijkl0123456789-_.=+/ '].filter(character => character !== token[at]))
      expect(await open(token.slice(0, at) + other + token.slice(at + 1))).toBeNull()
    }
  })

  it.each([
    ['padding', (token: string) => `${token}=`],
    ['the other alphabet', (token: string) => token.replaceAll('-', '+').replaceAll('_', '/')],
    ['white space', (token: string) => `${token.slice(0, -1)} ${token.slice(-1)}`],
    ['a line break', (token: string) => `${token}\n`],
    ['unused bits', (token: string) => token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) + 1)],
  ])('is never opened in another spelling: %s', async (_, respell) => {
    // A tag of zeros would have no character of the other alphabet.
    const tokens = await Promise.all(Array.from({ length: 20 }, () => encodeToken({ token: claims, secret, salt })))
    for (const token of tokens) if (respell(token) !== token) expect(await open(respell(token))).toBeNull()
  })

  it.each(['', 'x', '....', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0..', '['.repeat(50_000), 'A'.repeat(200_000), '{"alg":"dir"}'].map(token => [token.slice(0, 30), token]))('is never %j', async (_, token) => {
    expect(await open(token)).toBeNull()
  })

  it.each(['salt', 'secret'] as const)('has a cached key; the cache is bounded in each %s, and dropped keys are derived again', async (varied) => {
    const derived = [vi.spyOn(getBuiltinModule('node:crypto'), 'hkdfSync'), vi.spyOn(crypto.subtle, 'deriveBits')]
    const count = () => derived.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
    const place = { secret: `${secret} of ${varied}`, salt }
    const token = await encodeToken({ token: claims, ...place })
    const before = count()
    expect(await decodeToken({ token, ...place })).toMatchObject(claims)
    expect(count()).toBe(before)
    for (let tenant = 0; tenant < 600; tenant++) await encodeToken({ token: claims, ...place, [varied]: `${place[varied]}-${tenant}` })
    expect(await decodeToken({ token, ...place })).toMatchObject(claims)
    expect(count()).toBe(before + 601)
  })

  it('decodes to a new object each time: a later request never sees an earlier one\'s changes', async () => {
    const token = await encodeToken({ token: { user: { role: 'guest' } }, secret, salt })
    for (let turn = 0; turn < 4; turn++) {
      const opened = await open(token) as { user: { role: string } } | null
      expect(opened).toMatchObject({ user: { role: 'guest' } })
      opened!.user.role = 'admin'
    }
  })

  it('keeps the same claims as JSON', async () => {
    const token = { when: new Date(0), where: new URL('http://app.example/'), none: undefined, run: () => 1, name: Symbol('x'), seen: new Proxy({ a: 1 }, {}), list: [undefined, Number.NaN], nested: { toJSON: () => 'short' } }
    const opened = await open(await encodeToken({ token, secret, salt }))
    expect(opened).toEqual({ ...JSON.parse(JSON.stringify(token)), ...issued })
  })

  it('may have a claim named __proto__', async () => {
    const token = await encodeToken({ token: JSON.parse('{ "__proto__": { "role": "admin" }, "sub": "1" }') as object, secret, salt })
    for (let turn = 0; turn < 2; turn++) {
      const opened = await open(token)
      expect([Object.hasOwn(opened!, '__proto__'), opened!.role, Object.getPrototypeOf({ ...opened })]).toEqual([true, undefined, Object.prototype])
    }
  })

  it('always expires, even if it has a toJSON of its own', async () => {
    const opened = await open(await encodeToken({ token: { toJSON: () => ({ sub: '1' }) }, secret, salt, maxAge: 60 }))
    expect(opened).toEqual({ sub: '1', ...issued })
  })
})

it('a token is decrypted or refused as by @auth/core/jwt, for 5 000 tokens that are valid, changed, or have wrong claims', { timeout: 60_000 }, async () => {
  const counts = await compare({ codecs, count: 5000, seed: Number(process.env.SEED ?? 20261121) })
  // If all tokens were refused, the test would prove nothing.
  expect(Object.entries(counts).filter(([, times]) => times < 25)).toEqual([])
})

/** A token, and some whose MAC is right, too, but whose padding is not. */
const authentic = seal(recipe)
const padded = [0, 17, 255].map(last => seal({ ...recipe, plaintext: Buffer.alloc(16, last), isPadded: true }))

/** The token with a bit changed in one byte of one part. */
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

describe.each([['node:crypto', true], ['jose', false]])('the order of checks, with %s:', (_, hasNodeCrypto) => {
  const [decipher, compareTags] = [vi.fn(), vi.fn()]
  let codec: Codec
  let decrypt: { mock: { calls: unknown[] } }
  const open = (token: string) => codec.decodeToken({ token, secret, salt })
  const toCalls = () => ({ decipher: decipher.mock.calls.length, decrypt: decrypt.mock.calls.length })

  beforeEach(async () => {
    const crypto = getBuiltinModule('node:crypto')
    const watched = Object.create(crypto, {
      createDecipheriv: { value: decipher.mockImplementation(crypto.createDecipheriv) },
      timingSafeEqual: { value: compareTags.mockImplementation(crypto.timingSafeEqual) },
    })
    const find = vi.spyOn(process, 'getBuiltinModule').mockImplementation(((id: string) => id === 'node:crypto' ? watched : undefined) as never)
    codec = await loadCodec(hasNodeCrypto)
    find.mockRestore()
    decrypt = vi.spyOn(globalThis.crypto.subtle, 'decrypt')
    // Keys are derived now, so that the calls for that are not counted.
    for (const own of [secret, older]) await codec.decodeToken({ token: await encode({ token: {}, secret: own, salt }), secret: own, salt })
    vi.clearAllMocks()
  })

  it.each(Object.entries(forged))('JWE-01 a token whose MAC is wrong is never deciphered: %s', async (_, tokens) => {
    for (const token of tokens) expect(await open(token)).toBeNull()
    expect(toCalls()).toEqual({ decipher: 0, decrypt: 0 })
    expect(compareTags).toHaveBeenCalledTimes(hasNodeCrypto ? tokens.length : 0)
  })

  it('a token whose MAC is right is deciphered once, or once more by jose if it is refused', async () => {
    expect(await open(authentic)).toEqual({ sub: '1' })
    expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 1, decrypt: 0 } : { decipher: 0, decrypt: 1 })
    // Only the owner of the key can create these tokens, and learns nothing from the refusal.
    for (const token of padded) expect(await open(token)).toBeNull()
    expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 1 + padded.length, decrypt: padded.length } : { decipher: 0, decrypt: 1 + padded.length })
  })

  it('a token is verified and deciphered on every request', async () => {
    for (let turn = 0; turn < 4; turn++) expect(await open(authentic)).toEqual({ sub: '1' })
    expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 4, decrypt: 0 } : { decipher: 0, decrypt: 4 })
    expect(compareTags).toHaveBeenCalledTimes(hasNodeCrypto ? 4 : 0)
  })

  it('a token of Auth.js is deciphered once, with whichever secret it was encrypted', async () => {
    for (const own of [secret, older]) {
      const token = await encode({ token: { sub: '1' }, secret: own, salt })
      vi.clearAllMocks()
      expect(await codec.decodeToken({ token, secret: [secret, older], salt })).toMatchObject({ sub: '1' })
      expect(toCalls()).toEqual(hasNodeCrypto ? { decipher: 1, decrypt: 0 } : { decipher: 0, decrypt: 1 })
    }
  })

  it('a refusal never says which check failed: null, and nothing in the log', async () => {
    const lines = (['log', 'warn', 'error', 'info', 'debug'] as const).map(level => vi.spyOn(console, level))
    for (const token of [...Object.values(forged).flat(), ...padded]) expect(await open(token)).toBeNull()
    expect(lines.flatMap(({ mock }) => mock.calls)).toEqual([])
  })
})
