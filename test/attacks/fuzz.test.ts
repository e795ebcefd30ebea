import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getServerEntry } from '../e2e/app'
import { buildApp } from './build'
import { fuzz } from './fuzz'
import { openArena } from './server'
import type { Arena } from './server'

await buildApp('../fixtures/attacked')
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

const seed = Number(process.env.SEED ?? 20261121)
const count = Number(process.env.COUNT ?? 100_000)

describe('random requests', () => {
  it(`INP-07 never cause a server error, a hang, a leak, a foreign redirect or a sign-in, for ${count} requests`, { timeout: 1_800_000 }, async () => {
    const began = Date.now()
    const statuses = await fuzz(arena.main, count, seed)
    console.info(`fuzz: ${count} requests in ${Math.round((Date.now() - began) / 1000)} s, SEED=${seed}, ${JSON.stringify(statuses)}\n`)
    expect(arena.main.code()).toBe(null)
    expect(arena.main.log()).not.toMatch(/CANARY-|unhandledRejection|uncaughtException/)
    // Requests that never reach a route would prove nothing.
    for (const status of [200, 302, 400, 401, 403, 404, 405, 415]) expect(statuses[status] ?? 0, String(status)).toBeGreaterThan(count / 500)
  })
})
