/** What a process holds, measured while it works. */

export interface Usage { isCollected: boolean, rss: number, heapUsed: number, handles: Record<string, number> }
/** `at` in minutes. */
export interface Sample extends Usage { at: number }

/** After a collection: the process has to run with `--expose-gc`. */
export async function getUsage(origin: string): Promise<Usage> {
  const usage = await (await fetch(`${origin}/api/usage`, { headers: { connection: 'close' } })).json() as Usage
  if (!usage.isCollected) throw new Error('the server runs without --expose-gc')
  return usage
}

/** Least squares over the second half of the samples: bytes of heap per minute. */
export function toSlope(samples: Sample[]): number {
  const late = samples.slice(Math.floor(samples.length / 2))
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(late.map(({ at }) => at)), mean(late.map(({ heapUsed }) => heapUsed))]
  const variance = mean(late.map(({ at }) => (at - x) ** 2))
  return mean(late.map(({ at, heapUsed }) => (at - x) * (heapUsed - y))) / variance
}

export function countHandles({ handles }: Usage): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0)
}
