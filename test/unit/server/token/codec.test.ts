import { getBuiltinModule } from 'node:process'
import { decode, encode } from '@auth/core/jwt'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { compare } from '../../../attacks/codec/compare'
import { loadCodec } from '../../../attacks/codec/paths'
import { createRandom } from '../../random'

// The same promises on a host with node:crypto and on one without, where jose does all of it.
const codecs = { 'node:crypto': await loadCodec(true), 'jose': await loadCodec(false) }
const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const salt = 'authjs.session-token'
const claims = { sub: '1', name: 'Ada', role: 'admin', nested: { list: [1, 'ü', null] } }

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe.each(Object.entries(codecs))('the token, with %s,', (_, { decodeToken, encodeToken }) => {
  it('is the same thing to @auth/core/jwt, both ways', async () => {
    expect(await decode({ token: await encodeToken({ token: claims, secret, salt }), secret, salt })).toMatchObject(claims)
    expect(await decodeToken({ token: await encode({ token: claims, secret, salt }), secret, salt })).toMatchObject(claims)
  })

  it('lives as long as it says, with a tolerance of 15 seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const token = await encodeToken({ token: claims, secret, salt, maxAge: 60 })
    vi.setSystemTime(Date.now() + 74_000)
    expect(await decodeToken({ token, secret, salt })).toMatchObject(claims)
    vi.setSystemTime(Date.now() + 3_000)
    expect(await decodeToken({ token, secret, salt })).toBeNull()
  })

  it('JWE-03 opens with an older secret, is sealed with the newest, and is nothing once the older one is gone', async () => {
    const old = await encode({ token: claims, secret: 'old-secret-old-secret-old-secret-1', salt })
    expect(await decodeToken({ token: old, secret: [secret, 'old-secret-old-secret-old-secret-1'], salt })).toMatchObject(claims)
    const next = await encodeToken({ token: claims, secret: [secret, 'old-secret-old-secret-old-secret-1'], salt })
    expect(await decodeToken({ token: next, secret, salt })).toMatchObject(claims)
    expect(await decodeToken({ token: old, secret, salt })).toBeNull()
  })

  it('never opens when one character is another, wherever it stands', async () => {
    const token = await encodeToken({ token: claims, secret, salt })
    const { next, pick } = createRandom(7)
    for (let round = 0; round < 500; round++) {
      const at = Math.floor(next() * token.length)
      const other = pick([...'ABCDEFghijkl0123456789-_.=+/ '].filter(character => character !== token[at]))
      const mutant = token.slice(0, at) + other + token.slice(at + 1)
      const opened = await decodeToken({ token: mutant, secret, salt })
      // The last character of a base64url part may carry bits that mean nothing: then it is the same token.
      if (opened) expect(await decode({ token: mutant, secret, salt })).toEqual(opened)
    }
  })

  it.each(['', 'x', '....', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0..', '['.repeat(50_000), '{"alg":"dir"}'].map(token => [token.slice(0, 30), token]))('is never %j', async (_, token) => {
    expect(await decodeToken({ token, secret, salt })).toBeNull()
  })

  it.each(['salt', 'secret'] as const)('keeps its keys in a cache that is bounded by each %s, and evicts without losing a token', async (varied) => {
    const derived = [vi.spyOn(getBuiltinModule('node:crypto'), 'hkdfSync'), vi.spyOn(crypto.subtle, 'deriveBits')]
    const count = () => derived.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
    const place = { secret: `${secret} of ${varied}`, salt }
    const token = await encodeToken({ token: claims, ...place })
    const before = count()
    expect(await decodeToken({ token, ...place })).toMatchObject(claims)
    expect(count()).toBe(before)
    for (let tenant = 0; tenant < 100; tenant++) await encodeToken({ token: claims, ...place, [varied]: `${place[varied]}-${tenant}` })
    expect(await decodeToken({ token, ...place })).toMatchObject(claims)
    expect(count()).toBe(before + 101)
  })

  it('JWE-04 tolerates what Auth.js tolerates: exp and nbf by 15 seconds, and a clock that is behind', async () => {
    const now = Math.floor(Date.now() / 1000)
    const seal = async (times: object) => {
      vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 })
      return await encode({ token: { ...claims, ...times } as never, secret, salt, maxAge: 60 })
    }
    for (const times of [{ nbf: now + 10 }, { nbf: now + 3600 }, { nbf: 'soon' }, { nbf: now - 5 }]) {
      const token = await seal(times)
      const expected = await decode({ token, secret, salt }).catch(() => null)
      expect(await decodeToken({ token, secret, salt })).toEqual(expected)
    }
    for (const ahead of [-3600, -61, 0, 60, 74, 75, 76, 3600]) {
      const token = await seal({})
      vi.setSystemTime((now + ahead) * 1000)
      expect(await decodeToken({ token, secret, salt }), String(ahead)).toEqual(await decode({ token, secret, salt }).catch(() => null))
    }
  })

  it('leaves out of a token what JSON leaves out, and keeps what JSON keeps', async () => {
    const token = { when: new Date(0), where: new URL('http://app.example/'), none: undefined, run: () => 1, name: Symbol('x'), seen: new Proxy({ a: 1 }, {}), list: [undefined, Number.NaN], nested: { toJSON: () => 'short' } }
    const opened = await decodeToken({ token: await encodeToken({ token, secret, salt }), secret, salt })
    expect(opened).toEqual({ ...JSON.parse(JSON.stringify(token)), iat: expect.any(Number), exp: expect.any(Number), jti: expect.any(String) })
  })

  it('takes a __proto__ from outside as a name like any other, each time that it is read', async () => {
    const token = await encodeToken({ token: JSON.parse('{ "__proto__": { "role": "admin" }, "sub": "1" }') as object, secret, salt })
    for (let turn = 0; turn < 2; turn++) {
      const opened = await decodeToken({ token, secret, salt })
      expect([Object.hasOwn(opened!, '__proto__'), opened!.role, Object.getPrototypeOf({ ...opened })]).toEqual([true, undefined, Object.prototype])
    }
  })

  it('has an end, whatever the token says about itself', async () => {
    const opened = await decodeToken({ token: await encodeToken({ token: { toJSON: () => ({ sub: '1' }) }, secret, salt, maxAge: 60 }), secret, salt })
    expect(opened).toEqual({ sub: '1', iat: expect.any(Number), exp: expect.any(Number), jti: expect.any(String) })
  })
})

it('is opened and refused as @auth/core/jwt does it, for 5 000 tokens that are valid, changed, or wrong inside', { timeout: 60_000 }, async () => {
  const counts = await compare({ codecs, count: 5000, seed: Number(process.env.SEED ?? 20261121) })
  // Tokens of which all are refused prove nothing.
  expect(Object.entries(counts).filter(([, times]) => times < 25)).toEqual([])
})
