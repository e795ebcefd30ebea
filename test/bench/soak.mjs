// Minutes of mixed load, in which leaks per request add up.
import { getApp } from './apps.mjs'
import { load } from './load.mjs'
import { toSlope } from './measure.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { getUsage, start } from './server.mjs'

const steps = 20

/** Bytes of heap that a request leaves behind: least squares over the second half, when all code has run. The smallest object has 12. */
export function toGrowth({ seconds, requests, samples }) {
  const half = samples.slice(samples.length / 2)
  return toSlope(half.map(({ minutes }) => minutes * 60 * requests / seconds), half.map(({ heapUsed }) => heapUsed))
}

/** The heap after a collection, step by step. */
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
    return { seconds, requests, samples }
  }
  finally {
    await server.stop()
  }
}
