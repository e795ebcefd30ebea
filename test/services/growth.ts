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

/** Minutes after which the module forgets half of the tokens that it remembers. The heap is a saw of this period, wherever a run begins. */
const period = 0.5

/**
 * Bytes of heap per minute, once the run is warm: how far the means of two times of whole periods are apart, the last and the one before.
 * Of a line through the samples the slope would be that of the saw.
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
