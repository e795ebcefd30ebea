import { afterAll, beforeAll, describe } from 'vitest'
import { getServerEntry } from '../e2e/app'
import { describeAttacks } from './attack'
import { attacks } from './attacks'
import { buildApp } from './build'
import { openArena } from './server'
import type { Arena } from './server'

await buildApp('../fixtures/attacked')
let arena: Arena
beforeAll(async () => {
  arena = await openArena(getServerEntry())
})
afterAll(() => arena.stop())

for (const [section, list] of Object.entries(attacks)) describe(section, () => describeAttacks(list, () => arena))
