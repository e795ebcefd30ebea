import { fileURLToPath } from 'node:url'
import { setup } from '@nuxt/test-utils/e2e'
import { getRandomPort } from 'get-port-please'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { getServerEntry, secret } from '../e2e/app'
import { churn } from './churn'
import { countHandles, getUsage, toSlope } from './growth'
import type { Sample } from './growth'
import { startInstance } from './instances'
import type { Instance } from './instances'
import { createTally } from './member'
import { startProvider } from './provider'
import { seed, sleep, toRandom } from './random'
import { startRedis } from './redis'

/** `SOAK=600` for the figure, in seconds. */
const seconds = Number(process.env.SOAK ?? 60)
const browsers = 50
const redis = await startRedis()
const provider = await startProvider()
let instances: Instance[] = []

await setup({ rootDir: fileURLToPath(new URL('../fixtures/soak', import.meta.url)), server: false })

beforeAll(async () => {
  const env = { AUTH_SECRET: secret, AUTH_URL: `http://127.0.0.1:${await getRandomPort('127.0.0.1')}`, REDIS_URL: redis.url, IDP_URL: provider.url, NODE_OPTIONS: '--expose-gc' }
  instances = await Promise.all([1, 2].map(() => startInstance(getServerEntry(), env)))
})
afterAll(async () => {
  await Promise.all(instances.map(instance => instance.kill()))
  await Promise.all([provider.remove(), redis.remove()])
})

it(`${browsers} browsers of two people each for ${seconds} seconds, seed ${seed}: nobody reads anybody else, nothing fails, nothing grows`, { timeout: seconds * 1000 + 120_000 }, async () => {
  const tally = createTally()
  const origins = instances.map(({ url }) => url)
  const samples: Sample[][] = origins.map(() => [])
  const start = Date.now()
  const isOver = () => Date.now() - start > seconds * 1000
  const members = Array.from({ length: browsers }, (_, index) => churn({ origins, random: toRandom(index), tally }, index, isOver))
  while (!isOver()) {
    await sleep(seconds * 1000 / 60)
    for (const [index, origin] of origins.entries()) samples[index]!.push({ ...await getUsage(origin), at: (Date.now() - start) / 60_000 })
  }
  await Promise.all(members)
  const total = Object.values(tally.requests).reduce((sum, count) => sum + count, 0)
  const seen = await provider.getSeen()
  const MB = (bytes: number) => (bytes / 1e6).toFixed(1)
  console.warn(JSON.stringify({ seconds, seed, total, ...tally, seen }))
  for (const list of samples) console.warn(`heap ${list.map(({ heapUsed }) => MB(heapUsed)).join(' ')} MB, slope ${(toSlope(list) / 1000).toFixed(0)} kB/min, RSS ${MB(list[0]!.rss)} → ${MB(list.at(-1)!.rss)} MB, handles ${countHandles(list[0]!)} → ${countHandles(list.at(-1)!)}`)
  for (const { output } of instances) console.warn(output.slice(-1500))
  expect(tally).toMatchObject({ crossReads: [], failures: [] })
  expect(seen).toMatchObject({ reuses: 0, repeats: 0 })
  await sleep(7000)
  for (const origin of origins) console.warn(JSON.stringify(await getUsage(origin)))
})
