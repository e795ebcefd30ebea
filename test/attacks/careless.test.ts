import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getServerEntry } from '../e2e/app'
import { attacks } from './attacks'
import { buildApp } from './build'
import { fuzz } from './fuzz'
import { openArena } from './server'
import type { Arena } from './server'

await buildApp('./careless')
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

/** Rows that an app without this module's care breaks: each has to be found out, or its attack proves nothing. */
const broken = [
  'LEAK-01', 'LEAK-06', 'LEAK-07', 'LEAK-11', 'POL-01', 'LOG-01', 'UPD-01', 'UPD-02', 'UPD-03', 'UPD-04', 'UPD-07', 'UPD-09', 'CSRF-03', 'CSRF-04', 'CSRF-07', 'RED-01', 'RED-02', 'RED-03', 'RED-04', 'RED-05',
  'HST-01', 'HST-02', 'HST-03', 'HST-04', 'HST-06', 'HST-10', 'COK-01', 'COK-02', 'COK-04', 'COK-05', 'COK-07', 'JWE-01', 'JWE-04', 'CCH-01', 'CCH-02', 'SEC-01', 'SEC-02', 'INP-01', 'INP-02', 'INP-04', 'INP-06', 'INP-07', 'INP-09',
]

describe('an app that trusts what it is told', () => {
  it(`is found out by ${broken.length} rows`, { timeout: 600_000 }, async () => {
    const found = new Set<string>()
    // The slow ones wait for a deadline that this app has not.
    for (const { row, run } of Object.values(attacks).flat().filter(({ isSlow }) => !isSlow))
      await run(arena).catch(() => row.split(', ').forEach(id => found.add(id)))
    expect(broken.filter(row => !found.has(row))).toEqual([])
  })

  it('is found out by random requests, and the case is made small', { timeout: 120_000 }, async () => {
    const error = await fuzz(arena.main, 5000, 20261121).then(() => undefined, (error: Error) => error)
    expect(error?.message).toMatch(/^SEED=20261121, request \d+: .+\n\{"method"/)
  })
})
