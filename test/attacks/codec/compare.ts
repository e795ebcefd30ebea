import { isDeepStrictEqual } from 'node:util'
import { decode } from '@auth/core/jwt'
import { vi } from 'vitest'
import { createRandom } from '../../unit/random'
import { issue, toCase, toToken } from './cases'
import type { Case, Stock } from './cases'
import type { Codec } from './paths'

type Payload = Record<string, unknown> | null

/** How often each outcome occurred, so a test can check that every kind was covered. */
export type Counts = Record<string, number>

/**
 * The result that both codecs have to return: that of @auth/core, with exactly two intended differences:
 * - `threw`: Auth.js throws, the codecs return null.
 * - `spelling`: Auth.js accepts a part that no encoder writes (padding, white space, the other alphabet, spare bits), the codecs return null.
 */
async function toExpected(token: string, { secret, salt }: Case): Promise<{ payload: Payload, rule?: 'threw' | 'spelling' }> {
  try {
    const payload: Payload = await decode({ token, secret, salt })
    return payload && isOtherSpelling(token) ? { payload: null, rule: 'spelling' } : { payload }
  }
  catch {
    return { payload: null, rule: 'threw' }
  }
}

const isOtherSpelling = (token: string) => token.split('.').some(part => Buffer.from(part, 'base64url').toString('base64url') !== part)

/** Describes how the codecs' results for a case are wrong, or resolves with undefined. */
async function judge(codecs: Record<string, Codec>, one: Case, stock: Stock, counts?: Counts): Promise<string | undefined> {
  const token = toToken(one, stock)
  const { secret, salt, claims } = one
  const [{ payload, rule }, ...answers] = await Promise.all([
    toExpected(token, one),
    ...Object.entries(codecs).map(async ([name, { decodeToken }]) => ({ name, answer: await (async () => await decodeToken({ token, secret, salt }))().catch(error => `throws ${error}`) })),
  ])
  if (counts) {
    for (const word of [payload ? `opened, ${one.kind}` : 'refused', rule, claims && 'has to open'])
      if (word) counts[word] = (counts[word] ?? 0) + 1
  }
  if (claims && !isDeepStrictEqual({ ...payload, ...claims }, payload)) return `@auth/core does not open it: ${toText(payload)}`
  const wrong = answers.filter(({ answer }) => !isDeepStrictEqual(answer, payload))
  return wrong.length === 0 ? undefined : `${wrong.map(({ name, answer }) => `with ${name} ${toText(answer)}`).join(', ')}, expected ${toText(payload)}${rule ? ` (${rule})` : ''}`
}

const toText = (value: unknown) => (JSON.stringify(value) ?? 'undefined').slice(0, 200)

/** Reduces a case to the fewest mutations that still fail. */
async function shrink(codecs: Record<string, Codec>, failing: Case, stock: Stock): Promise<Case> {
  for (const at of failing.mutations.keys()) {
    const smaller = { ...failing, mutations: failing.mutations.toSpliced(at, 1) }
    if (await judge(codecs, smaller, stock) !== undefined) return await shrink(codecs, smaller, stock)
  }
  return failing
}

/** Seconds since the tokens were issued. Tokens that have to be accepted are valid for a minute. */
const clocks = [0, 0, 0, 1, 14, 15, 16, 30, 59, 74]

interface Options { codecs: Record<string, Codec>, count: number, seed: number }

/**
 * Opens `count` tokens with @auth/core and with each of `codecs`. Throws with the seed and the smallest case if they disagree.
 * The clock is fixed within a batch and differs between batches, so tokens recur shortly before and after they expire.
 */
export async function compare({ codecs, count, seed }: Options): Promise<Counts> {
  const random = createRandom(seed)
  const now = 1_795_000_000
  const kinds = ['@auth/core', ...Object.keys(codecs), 'sealed']
  const counts: Counts = Object.fromEntries(['refused', 'threw', 'spelling', 'has to open', ...kinds.map(kind => `opened, ${kind}`)].map(word => [word, 0]))
  vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 })
  try {
    const stock = await issue(codecs, random, now, Math.max(60, count / 100))
    for (let done = 0; done < count; done += 50) {
      const clock = now + random.pick(clocks)
      vi.setSystemTime(clock * 1000 + (done * 7) % 1000)
      const cases = Array.from({ length: Math.min(50, count - done) }, () => toCase(random, { ...stock, now: clock }))
      const faults = await Promise.all(cases.map(one => judge(codecs, one, stock, counts)))
      const failing = cases.filter((_, index) => faults[index] !== undefined)
      if (failing.length > 0) throw new Error(await report(codecs, failing, stock, `SEED=${seed}, one of ${done + 1} to ${done + cases.length}`))
    }
    return counts
  }
  finally {
    vi.useRealTimers()
  }
}

async function report(codecs: Record<string, Codec>, failing: Case[], stock: Stock, where: string): Promise<string> {
  const small = await Promise.all(failing.map(one => shrink(codecs, one, stock)))
  const [first] = small.toSorted((left, right) => left.mutations.length - right.mutations.length || toToken(left, stock).length - toToken(right, stock).length)
  if (!first) return where
  const { kind, secret, salt, mutations } = first
  return `${where}, ${kind}: ${await judge(codecs, first, stock)}\n${JSON.stringify({ token: toToken(first, stock), secret, salt, mutations, at: Date.now() })}`
}
