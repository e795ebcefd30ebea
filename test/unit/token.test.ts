import { decode, encode } from '@auth/core/jwt'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRandom } from './random'

// The same promises on a host with node:crypto and on one without, where jose does all of it.
const load = async (hasNodeCrypto: boolean) => {
  vi.resetModules()
  if (!hasNodeCrypto) vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
  const host = await import('../../src/runtime/server/node-token')
  const codec = await import('../../src/runtime/server/token')
  vi.unstubAllGlobals()
  expect(host.hasNodeCrypto).toBe(hasNodeCrypto && 'getBuiltinModule' in process)
  return codec
}

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const salt = 'authjs.session-token'
const claims = { sub: '1', name: 'Ada', role: 'admin', nested: { list: [1, 'ü', null] } }

afterEach(() => vi.useRealTimers())

describe.each([['node:crypto', await load(true)], ['jose', await load(false)]])('the token, with %s,', (_, { decodeToken, encodeToken }) => {
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

  it.each(['', 'x', '....', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0..', `${'['.repeat(50_000)}`, '{"alg":"dir"}'])('is never %j', async (token) => {
    expect(await decodeToken({ token, secret, salt })).toBeNull()
  })

  it('keeps its keys in a bounded cache, and evicts without losing a token', async () => {
    const token = await encodeToken({ token: claims, secret, salt })
    for (let tenant = 0; tenant < 100; tenant++) await encodeToken({ token: claims, secret, salt: `tenant-${tenant}` })
    expect(await decodeToken({ token, secret, salt })).toMatchObject(claims)
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

  it('accepts and rejects 3 000 mutated tokens as @auth/core/jwt does, and never another spelling of an authentic one', async () => {
    const seed = Number(process.env.SEED ?? 20261121)
    const { next, pick } = createRandom(seed)
    const [ours, theirs, foreign] = [await encodeToken({ token: claims, secret, salt }), await encode({ token: claims, secret, salt }), await encode({ token: claims, secret, salt: 'other' })]
    const at = (text: string) => Math.floor(next() * text.length)
    const splice = (text: string, where: number, cut: number, insert: string) => text.slice(0, where) + insert + text.slice(where + cut)
    const mutations: ((token: string) => string)[] = [
      token => token,
      token => splice(token, at(token), 1, pick([...'Aa0-_.=+/ \u00E9'])),
      token => splice(token, at(token), 1 + Math.floor(next() * 30), ''),
      token => token.split('.').with(Math.floor(next() * 5), pick(foreign.split('.'))).join('.'),
      token => token + pick(['=', '.', 'A', ' ', '\n', '..', '%00']),
      token => token.split('.').reverse().join('.'),
      token => token.replaceAll('-', '+').replaceAll('_', '/'),
      token => token.slice(0, at(token)),
    ]
    for (let round = 0; round < 3000; round++) {
      const token = pick(mutations)(pick([ours, theirs, foreign]))
      const isOtherSpelling = token.split('.').some(part => Buffer.from(part, 'base64url').toString('base64url') !== part)
      const expected = isOtherSpelling ? null : await decode({ token, secret, salt }).catch(() => null)
      expect(await decodeToken({ token, secret, salt }), `seed ${seed}: ${token}`).toEqual(expected)
    }
  }, 60_000)
})
