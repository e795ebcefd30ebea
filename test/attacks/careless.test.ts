import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getServerEntry } from '../e2e/app'
import { attacks } from './attacks'
import { buildApp } from './build'
import { openArena } from './server'
import type { Arena } from './server'

await buildApp('./careless')
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

/** Rows that an app without this module's care breaks. Each has to be found, or its attack proves nothing. */
const broken: string[] = []

describe('an app that trusts what it is told', () => {
  it('is found out, by these rows', { timeout: 900_000 }, async () => {
    const found = new Map<string, string>()
    for (const { row, promise, run, isSlow } of Object.values(attacks).flat().filter(({ isSlow }) => !isSlow)) {
      void isSlow
      await run(arena).catch((error: Error) => found.set(row, `${promise}: ${error.message.split('\n')[0]}`))
    }
    console.info(`the careless app breaks ${found.size} rows\n${[...found].map(([row, why]) => `  ${row}: ${why.slice(0, 220)}`).join('\n')}\n`)
    expect(broken.filter(row => !found.has(row))).toEqual([])
  })
})
