/** Loads a module on first use and keeps it, because `import()` asks the host's loader every time. A failed load is retried. */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => loading ??= load().catch((cause) => {
    loading = undefined
    throw cause
  })
}
