/**
 * Resolves or rejects like `attempt`, or rejects after `milliseconds` and calls `onTimeout`. Late results are
 * ignored.
 */
export async function withTimeout<T>(
  attempt: Promise<T>,
  milliseconds: number,
  onTimeout: () => unknown = () => {},
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${milliseconds} ms`))
      onTimeout()
    }, milliseconds)
  })
  try {
    return await Promise.race([attempt, timeout])
  }
  finally {
    clearTimeout(timer)
  }
}
