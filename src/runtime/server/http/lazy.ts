/**
 * Loads a module on first use, once, because each `import()` calls the host's loader. The call after a failed one
 * retries.
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => loading ??= load().catch((cause) => {
    loading = undefined
    throw cause
  })
}
