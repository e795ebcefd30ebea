/** As much of unstorage's Redis driver as the store uses, in memory: for what a real server can't be told to do at the right moment. */
export function createFakeRedis() {
  const entries = new Map<string, string>()
  const redis = {
    entries,
    isDown: false,
    /** True while somebody else holds every lock, and how often that was said. */
    lock: false,
    refusals: 0,
    client: {
      status: 'ready',
      on: () => {},
      get: (key: string) => answer(() => entries.get(key) ?? null),
      set: (key: string, value: string, ...options: unknown[]) => answer(() => {
        if (options.includes('NX') && (redis.lock || entries.has(key))) {
          redis.refusals++
          return null
        }
        entries.set(key, value)
        return 'OK'
      }),
      eval: (_script: string, _count: number, key: string, value: string) => answer(() => entries.get(key) === value && entries.delete(key) ? 1 : 0),
    },
    driver: { name: 'redis', getInstance: () => redis.client },
  }
  async function answer<T>(run: () => T): Promise<T> {
    await new Promise(resolve => setImmediate(resolve))
    if (redis.isDown) throw new Error('connection refused')
    return run()
  }
  return redis
}
