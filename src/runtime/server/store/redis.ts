import type { Driver } from './driver'
import type { Store } from './types'

/** The part of ioredis that this module uses. */
interface Client {
  status: string
  /** The socket. A cluster has several and exposes none. */
  stream?: { destroy?: () => void }
  get: (key: string) => Promise<string | null>
  set: (key: string, value: string, ...options: (string | number)[]) => Promise<string | null>
  eval: (script: string, keys: number, ...values: string[]) => Promise<unknown>
  connect: () => Promise<void>
  disconnect: (reconnect: boolean) => void
  on: (event: 'error', listener: () => void) => unknown
  once: (event: 'ready', listener: () => void) => unknown
  off: (event: 'ready', listener: () => void) => unknown
}

type RedisDriver = Driver & { getInstance: () => Client, options?: { base?: string } }

/** Lua, because Redis has no such command. https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/ */
const removeIfScript
  = 'if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end'

/** True for unstorage's Redis driver, whose client has atomic commands. */
export function isRedis(driver: Driver): driver is RedisDriver {
  return driver.name === 'redis' && 'getInstance' in driver && typeof driver.getInstance === 'function'
}

/**
 * A store in Redis 6.2 or newer: every write is one atomic command. `prefix` precedes its keys, after the driver's
 * own `base`. An operation fails if no connection is ready within `timeout`, in milliseconds.
 */
export function createRedisStore(driver: RedisDriver, prefix: string, timeout: number): Store {
  const base = (driver.options?.base ?? '').replace(/[:/\\]+/g, ':').replace(/^:|:$/g, '')
  const toKey = (key: string) => `${base && `${base}:`}${prefix}${key}`
  const send = createSender(driver.getInstance, timeout)
  return {
    isShared: true,
    get: key => send(client => client.get(toKey(key))),
    // GET fails for a key of another type; MGET would report it as missing. https://redis.io/docs/latest/commands/mget/
    getMany: keys => send(client => Promise.all(keys.map(key => client.get(toKey(key))))),
    async set(key, value, { ttl }) {
      await send(client => client.set(toKey(key), value, 'PX', toMilliseconds(ttl)))
    },
    async setIfAbsent(key, value, { ttl }) {
      if (await send(client => client.set(toKey(key), value, 'PX', toMilliseconds(ttl), 'NX')) === 'OK') return true
      // ioredis repeats a command after a reconnect, so the first attempt may have set it. The value shows whose it is.
      return await send(client => client.get(toKey(key))) === value
    },
    removeIf: async (key, value) => await send(client => client.eval(removeIfScript, 1, toKey(key), value)) === 1,
    lostUntil: () => 0,
  }
}

function toMilliseconds(ttl: number): number {
  return Math.max(1, Math.round(ttl * 1000))
}

/**
 * Sends commands over a ready connection only. A queued command could run after its caller has given up.
 * A silent connection is dropped after `timeout`, so that a new one is tried before the operating system notices.
 */
function createSender(getInstance: () => Client, timeout: number) {
  let client: Client | undefined
  let opening: Promise<void> | undefined

  function getClient(): Client {
    const created = getInstance()
    // Without a listener, ioredis logs every failed attempt. The caller of a command gets the error anyway.
    created.on('error', () => {})
    return created
  }

  return async function send<T>(command: (client: Client) => Promise<T>): Promise<T> {
    client ??= getClient()
    if (client.status !== 'ready') {
      opening ??= waitUntilReady(client, timeout).finally(() => opening = undefined)
      await opening
    }
    return await dropIfSilent(client, command(client), timeout)
  }
}

/** Resolves once the client is ready. Rejects after `timeout`, and drops a connection attempt that is still open. */
function waitUntilReady(client: Client, timeout: number): Promise<void> {
  if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => {})
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      client.off('ready', onReady)
      // The server has not answered the handshake.
      if (client.status !== 'ready') drop(client)
      reject(new Error(`no connection: ${client.status}`))
    }, timeout)
    const onReady = () => {
      clearTimeout(timer)
      resolve()
    }
    client.once('ready', onReady)
  })
}

/**
 * Resolves like `attempt`. After `timeout`, drops the connection that the command was sent over, unless it was
 * replaced.
 */
async function dropIfSilent<T>(client: Client, attempt: Promise<T>, timeout: number): Promise<T> {
  const { stream } = client
  const timer = setTimeout(() => client.status === 'ready' && client.stream === stream && drop(client), timeout)
  return await attempt.finally(() => clearTimeout(timer))
}

function drop(client: Client): void {
  client.disconnect(true)
  client.stream?.destroy?.()
}
