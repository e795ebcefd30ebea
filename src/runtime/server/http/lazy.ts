/** A module that is loaded at its first use, and once: an `import()` asks the host's loader each time. What failed to load is tried again. */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => loading ??= load().catch((cause) => {
    loading = undefined
    throw cause
  })
}
