/** The part of unstorage's Redis driver that the store uses, in memory, for failures that a real server can't produce on demand. */
export function createFakeRedis() {
  const entries = new Map<string, string>()
  const redis = {
    entries,
    isDown: false,
    /** True while another client holds every lock, and how often that was reported. */
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
