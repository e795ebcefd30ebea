import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getServerEntry } from '../e2e/app'
import { attacks } from './attacks'
import { buildApp } from './build'
import { signedIn } from './client'
import { fuzz } from './fuzz'
import { openArena } from './server'
import type { Arena } from './server'

await buildApp('./careless')
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

/** Rows that the careless app breaks: each attack has to detect its own, or it proves nothing. */
const broken = [
  'LEAK-01', 'LEAK-03', 'LEAK-06', 'LEAK-07', 'LEAK-11', 'POL-01', 'LOG-01', 'LOG-02', 'UPD-01', 'UPD-02', 'UPD-03', 'UPD-04', 'UPD-06', 'UPD-07', 'UPD-08', 'UPD-09',
  'CSRF-01', 'CSRF-02', 'CSRF-03', 'CSRF-04', 'CSRF-05', 'CSRF-06', 'CSRF-07', 'CSRF-08', 'RED-01', 'RED-02', 'RED-03', 'RED-04', 'RED-05', 'RED-06',
  'HST-01', 'HST-02', 'HST-03', 'HST-04', 'HST-06', 'HST-10', 'COK-01', 'COK-02', 'COK-04', 'COK-05', 'COK-07', 'COK-08', 'JWE-01', 'JWE-02', 'JWE-03', 'JWE-04', 'JWE-05', 'JWE-14', 'JWE-15',
  'CCH-01', 'CCH-02', 'CCH-03', 'CCH-07', 'SEC-01', 'SEC-02', 'SEC-03', 'INP-01', 'INP-02', 'INP-03', 'INP-04', 'INP-06', 'INP-07', 'INP-09', 'INP-10', 'INP-12', 'ACT-01', 'RED-11', 'INP-14', 'HST-08', 'CCH-10', 'COK-10',
]

/** Errors of an attack that never reached the app or couldn't sign in, so they prove nothing. */
const empty = /could not sign in|Unexpected end of JSON|is not valid JSON|ECONNREFUSED|does not listen|out of time/

describe('an app that trusts its input', () => {
  it('works for an honest user', async () => {
    const ada = await signedIn(arena.main)
    expect([await ada.session(), (await ada.fetch('/api/admin')).status, (await fetch(`${arena.main.origin}/api/admin`)).status]).toEqual([expect.objectContaining({ uid: '1', role: 'admin' }), 200, 401])
  })

  it(`fails the attacks of ${broken.length} rows`, { timeout: 600_000 }, async () => {
    const found = new Set<string>()
    const proofs: string[] = []
    for (const { row, run } of Object.values(attacks).flat()) {
      await run(arena).catch((error: Error) => {
        proofs.push(`${row}: ${error.message} ${String(error.cause ?? '')}`)
        for (const id of row.split(', ')) found.add(id)
      })
    }
    expect(broken.filter(row => !found.has(row))).toEqual([])
    expect(proofs.filter(proof => empty.test(proof))).toEqual([])
  })

  it('fails on random requests, and the report contains the smallest case', { timeout: 120_000 }, async () => {
    const error = await fuzz(arena.main, 5000, 20261121).then(() => undefined, (error: Error) => error)
    expect(error?.message).toMatch(/^SEED=20261121, request \d+: .+\n\{"method"/)
  })
})
