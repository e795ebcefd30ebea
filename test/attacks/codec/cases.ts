import { encode } from '@auth/core/jwt'
import { bend } from './mutations'
import { toHeader } from './headers'
import { toBytes, toPadding, toPayload } from './payloads'
import type { Random } from './payloads'
import type { Codec } from './paths'
import { seal } from './seal'
import type { Recipe } from './seal'

/** A token, and the secret and salt to open it with. */
export interface Case {
  kind: string
  token: string
  /** Seeds of the mutations applied to it. */
  mutations: number[]
  secret: string | string[]
  salt: string
  /** The claims that were encoded, if the token has to be accepted. */
  claims?: Record<string, unknown>
}

/** An encoded token before any mutation. */
interface Issued { by: string, token: string, claims: Record<string, unknown>, secret: string, salt: string, maxAge: number }

/** The material for cases. `now` is in seconds. */
export interface Stock { now: number, issued: Issued[], donors: string[] }

const secrets = ['x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD', 'older-secret-0123456789-abcdefghij', 'ü'.repeat(20), 's']
const salts = ['authjs.session-token', '__Secure-authjs.session-token', '', 'ü'.repeat(30)]
const lifetimes = [2_592_000, 3600, 60, 1, 0, -1, -14, -15, -16, -3600, 1e9, 1.5]
const [secret = '', older = ''] = secrets
const [salt = ''] = salts

/** Encodes `count` tokens, with @auth/core and with this module on both kinds of host. */
export async function issue(codecs: Record<string, Codec>, random: Random, now: number, count: number): Promise<Stock> {
  const encoders: Record<string, Codec['encodeToken']> = { '@auth/core': encode, ...Object.fromEntries(Object.entries(codecs).map(([name, { encodeToken }]) => [name, encodeToken])) }
  const issued: Issued[] = []
  for (const at of Array.from({ length: count }).keys()) {
    const { next, pick } = random
    const claims = { sub: pick(['1', 'ü😀', '']), name: 'Ada', padding: at % 50 === 0 ? 'x'.repeat(29_000) : toPadding(random), ...next() < 0.3 && { nested: { list: [1, 'ü', null, { a: -0.5 }], empty: {} } }, ...next() < 0.1 && { nbf: now + pick([-1, 14, 15, 16]) } }
    const params = { secret: pick([secret, older, pick(secrets)]), salt: next() < 0.8 ? salt : pick(salts), maxAge: next() < 0.6 ? 3600 : pick(lifetimes) }
    const by = pick(Object.keys(encoders))
    issued.push({ by, claims, ...params, token: await encoders[by]!({ token: claims, ...params }) })
  }
  return { now, issued, donors: issued.slice(0, 20).map(({ token }) => token) }
}

/** Secrets that a deployment decodes with: only the right one, the right one among others, or only wrong ones. */
function toSecrets({ next, pick }: Random, right: string): string | string[] {
  return next() < 0.5 ? right : pick([[right], [secret, older], [older, secret], [right, right], ['foreign', right], [right, 'foreign'], ['foreign', 'other', right], 'foreign', ['foreign', older], `${right} `])
}

/** A token sealed with the right key, with possibly invalid contents. */
function toSealed(random: Random, { now }: Stock): { token: string, secret: string } {
  const { next, pick } = random
  const own = next() < 0.8 ? secret : older
  const enc: Recipe['enc'] = next() < 0.12 ? 'A256GCM' : 'A256CBC-HS512'
  const recipe: Recipe = {
    secret: own, salt, enc, header: toHeader(random, { secret: own, salt, enc }), plaintext: toPayload(random, now), iv: toBytes(random, enc === 'A256GCM' ? 12 : 16),
  }
  if (next() < 0.85) return { token: seal(recipe), secret: own }
  // The MAC is valid, but the ciphertext or the format is not.
  const randomBytes = (length: number) => toBytes(random, length)
  const block = (last: number) => Buffer.alloc(16, last).fill('{}', 0, 2)
  return { secret: own, token: seal({ ...recipe, ...pick<Partial<Recipe>>([
    ...[0, 1, 15, 16, 17, 255].map(last => enc === 'A256GCM' ? {} : { plaintext: block(last), isPadded: true }),
    { ciphertext: Buffer.alloc(0) }, { ciphertext: randomBytes(1) }, { ciphertext: randomBytes(15) }, { ciphertext: randomBytes(17) }, { ciphertext: randomBytes(16) }, { ciphertext: randomBytes(160) },
    { tagLength: 0 }, { tagLength: 1 }, { tagLength: 12 }, { tagLength: 15 }, { tagLength: 16 }, { tagLength: 31 },
    { iv: randomBytes(1) }, { iv: randomBytes(12) }, { iv: randomBytes(15) }, { iv: randomBytes(16) }, { iv: randomBytes(17) }, { iv: randomBytes(32) },
    { key: 'AA' }, { key: '=' }, { key: 'AAAA' },
  ]) }) }
}

const junk = ['', '.', '....', '.....', 'a.b.c.d.e', 'null', '{}', 'eyJhbGciOiJub25lIn0..', '['.repeat(40_000), '.'.repeat(40_000), 'x'.repeat(40_000), '%', '\uD800', '__proto__', 'eyJhbGciOiJub25lIn0.e30.']

function toJunk(random: Random): string {
  const { next, pick } = random
  if (next() < 0.2) return pick(junk)
  return Array.from({ length: pick([1, 3, 4, 5, 5, 5, 6]) }, () => toBytes(random, Math.floor(next() * 60)).toString(pick(['base64url', 'base64', 'hex', 'latin1'] as const))).join('.')
}

/** Creates the next case from a stream of random numbers. */
export function toCase(random: Random, stock: Stock): Case {
  const { next, pick } = random
  const seeds = (share: number) => next() < share ? Array.from({ length: 1 + Math.floor(next() * 2) }, () => Math.floor(next() * 2 ** 32)) : []
  const chance = next()
  if (chance < 0.04) return { kind: 'junk', token: toJunk(random), mutations: [], secret, salt }
  if (chance < 0.5) {
    const { token, secret } = toSealed(random, stock)
    return { kind: 'sealed', token, mutations: seeds(0.2), secret: toSecrets(random, secret), salt: next() < 0.95 ? salt : pick(salts) }
  }
  const { by, claims, maxAge, ...own } = pick(stock.issued)
  const mutations = seeds(0.7)
  if (next() < 0.2) return { kind: by, token: own.token, mutations, secret: toSecrets(random, own.secret), salt: pick(salts) }
  const mustOpen = mutations.length === 0 && maxAge >= 60 && !('nbf' in claims)
  return { kind: by, token: own.token, mutations, secret: own.secret, salt: own.salt, ...mustOpen && { claims } }
}

export function toToken({ token, mutations }: Case, { donors }: Stock): string {
  return bend(token, mutations, donors)
}
