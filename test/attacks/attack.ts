import { expect, it } from 'vitest'
import type { Arena } from './server'

/** One promise of the contract, and an attempt to break it. `run` throws if it succeeds. */
export interface Attack {
  /** Id of a row in docs/security.md, or several separated by commas. */
  row: string
  promise: string
  /** True if the attack is too slow for every run of the tests. */
  isSlow?: boolean
  run: (arena: Arena) => Promise<void>
}

/** Defines a test for each attack, titled with its row. */
export function describeAttacks(attacks: Attack[], getArena: () => Arena): void {
  for (const { row, promise, run } of attacks) it(`${row} ${promise}`, { timeout: 240_000 }, async () => await run(getArena()))
}

/** Expects that a response is not an unexpected server error. 503 is the documented response to an outage. */
export function expectNoFailure(status: number, what: string): void {
  expect(status < 500 || status === 503, `${what} → ${status}`).toBe(true)
}
