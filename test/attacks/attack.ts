import { expect, it } from 'vitest'
import type { Arena } from './server'

/** One promise of the contract, and how somebody would try to break it. `run` throws where it is broken. */
export interface Attack {
  /** Row of docs/security.md, or several. */
  row: string
  promise: string
  /** Takes too long for every run of the tests. */
  isSlow?: boolean
  run: (arena: Arena) => Promise<void>
}

/** Each attack as a test that is named by its row. */
export function describeAttacks(attacks: Attack[], getArena: () => Arena): void {
  for (const { row, promise, run } of attacks) it(`${row} ${promise}`, { timeout: 240_000 }, async () => await run(getArena()))
}

/** Status of an answer that is no trouble of the server's. 503 is the one that is defined. */
export function expectNoFailure(status: number, what: string): void {
  expect(status < 500 || status === 503, `${what} → ${status}`).toBe(true)
}
