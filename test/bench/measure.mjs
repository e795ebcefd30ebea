// Takes samples and summarizes them.
import { load } from './load.mjs'
import { getUsage } from './server.mjs'

/**
 * Loads a running app for a moment: CPU of the server per request, requests per second, latencies in ms.
 * The first `warmup` seconds don't count, because V8 compiles hot code differently and an idle process has released memory.
 */
export async function sample(server, request, { seconds = 0.8, requests = Infinity, connections = 10, warmup = 0 } = {}) {
  if (warmup > 0) await load(server.port, request, { seconds: warmup, connections })
  const before = await getUsage(server)
  const start = performance.now()
  const latencies = await load(server.port, request, { seconds, requests, connections })
  const elapsed = (performance.now() - start) / 1000
  const after = await getUsage(server)
  const sorted = latencies.toSorted((left, right) => left - right)
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { cpu: (after.cpu - before.cpu) / latencies.length, rate: latencies.length / elapsed, p50: at(0.5), p99: at(0.99) }
}

/** Slope of the least-squares line through the points. */
export function toSlope(xs, ys) {
  const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(xs), mean(ys)]
  return xs.reduce((sum, each, index) => sum + (each - x) * (ys[index] - y), 0) / xs.reduce((sum, each) => sum + (each - x) ** 2, 0)
}

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Median, smallest and largest. */
export function summarise(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** The medians of each measure of several samples. */
export function summariseSamples(samples) {
  return Object.fromEntries(['cpu', 'rate', 'p50', 'p99'].map(key => [key, summarise(samples.map(each => each[key]))]))
}
