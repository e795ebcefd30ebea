/** Measures the memory of a process under load. */

export interface Usage { isCollected: boolean, rss: number, heapUsed: number, handles: Record<string, number> }
/** A sample; `at` is in minutes. */
export interface Sample extends Usage { at: number }

/** Measures after a garbage collection. The process has to run with `--expose-gc`. */
export async function getUsage(origin: string): Promise<Usage> {
  const usage = await (await fetch(`${origin}/api/usage`, { headers: { connection: 'close' } })).json() as Usage
  if (!usage.isCollected) throw new Error('the server runs without --expose-gc')
  return usage
}

/** Interval in minutes at which the heap rises and falls, because caches are cleared. */
const period = 0.5

/**
 * Heap growth in bytes per minute after the warm-up: the difference between the means of the last two spans of whole periods.
 * A line fitted through the samples would follow the periodic rise and fall instead.
 */
export function toSlope(samples: Sample[]): number {
  const end = samples.at(-1)!.at
  const length = Math.max(1, Math.floor(end / 3 / period + 0.05)) * period
  const mean = (from: number) => {
    const part = samples.filter(({ at }) => at > from && at <= from + length)
    return part.reduce((sum, { heapUsed }) => sum + heapUsed, 0) / part.length
  }
  return (mean(end - length) - mean(end - 2 * length)) / length
}

export function countHandles({ handles }: Usage): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0)
}
