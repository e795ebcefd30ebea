import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeAttacks } from '../attacks/attack'
import { attacks } from '../attacks/attacks'
import { buildApp } from '../attacks/build'
import { fuzz } from '../attacks/fuzz'
import { openArena } from '../attacks/server'
import type { Arena } from '../attacks/server'
import { getServerEntry } from './app'

// The quick part of `npm run test:attack`: the most important sections, and some of the random requests.
const quick = ['update', 'csrf', 'redirects', 'host', 'cookies', 'token']

await buildApp('../fixtures/attacked')
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

for (const section of quick) describe(section, () => describeAttacks(attacks[section] ?? [], () => arena))

it('INP-07 never causes a server error, a hang, a leak, a foreign redirect or a sign-in, for 5 000 random requests', { timeout: 120_000 }, async () => {
  await fuzz(arena.main, 5000, Number(process.env.SEED ?? 20261121))
  expect(arena.main.log()).not.toMatch(/CANARY-|unhandledRejection|uncaughtException/)
})
