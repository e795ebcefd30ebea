// Minutes of mixed load: what a request leaves behind adds up here.
import { getApp } from './apps.mjs'
import { load } from './load.mjs'
import { median } from './measure.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { getUsage, start } from './server.mjs'

const steps = 20

/** The heap after a collection, step by step; flat when the last quarter is no larger than the second, within 2 %. */
export async function soak({ seconds, log }) {
  const server = await start(getApp('ours'), { flags: ['--expose-gc'] })
  try {
    const samples = []
    let requests = 0
    for (let step = 0; step < steps; step++) {
      for (const scenario of scenarios) {
        const share = seconds / steps / scenarios.length
        requests += (await load(server.port, toRequest(scenario, server), { seconds: share })).length
      }
      const { heapUsed, rss } = await getUsage(server, true)
      samples.push({ minutes: (step + 1) * seconds / steps / 60, heapUsed, rss })
      log(`${samples.at(-1).minutes.toFixed(1)} min: ${(heapUsed / 1e6).toFixed(2)} MB of heap, ${(rss / 1e6).toFixed(0)} MB resident`)
    }
    const heap = samples.map(({ heapUsed }) => heapUsed)
    const early = median(heap.slice(steps / 4, steps / 2))
    const late = median(heap.slice(steps * 3 / 4))
    return { seconds, requests, samples, early, late, growth: late / early - 1, isFlat: late <= early * 1.02 }
  }
  finally {
    await server.stop()
  }
}
