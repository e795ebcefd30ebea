import { createRandom } from '../unit/random'

/** The seed of all random choices. `SEED=…` repeats a run. */
export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

export interface Random {
  /** From 0 to 1. */
  next: () => number
  pick: <T>(list: readonly T[]) => T
  /** A whole number from `from` to `to`, both included. */
  between: (from: number, to: number) => number
}

/** Random numbers for the seed. `index` distinguishes parallel users. */
export function toRandom(index = 0): Random {
  const { next, pick } = createRandom(seed + index)
  return { next, pick, between: (from, to) => from + Math.floor(next() * (to - from + 1)) }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
