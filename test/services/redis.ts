/**
 * A real Redis for tests: in a temporary folder, on its own free port, loopback only.
 *
 *   const redis = await startRedis()                       // milliseconds; in memory: empty after a kill or a stop
 *   const redis = await startRedis({ durable: true })      // keeps its data across `kill` and `start`
 *   const redis = await startRedis({ args: ['--maxmemory', '2mb'] })
 *   redis.url                                // redis://127.0.0.1:PORT — the same after a restart
 *   redis.port
 *   await redis.kill()                       // kill -9
 *   await redis.start()                      // again, on the same port (after `kill` or `stop`)
 *   await redis.restart()                    // stop, start
 *   redis.freeze() … redis.thaw()            // accepts connections without responding, until thawed
 *   await redis.stop()
 *   await redis.remove()                     // stop, and delete the folder: for afterAll
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRandomPort } from 'get-port-please'
import { endServer, requireProgram, startServer } from './server'

export interface Redis {
  readonly port: number
  readonly url: string
  start: () => Promise<void>
  stop: () => Promise<void>
  kill: () => Promise<void>
  restart: () => Promise<void>
  freeze: () => void
  thaw: () => void
  remove: () => Promise<void>
}

export async function startRedis({ durable = false, args = [] }: { durable?: boolean, args?: string[] } = {}): Promise<Redis> {
  const dir = mkdtempSync(join(tmpdir(), 'redis-'))
  const port = await getRandomPort('127.0.0.1')
  const keep = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const all = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--daemonize', 'no', ...keep, ...args]
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    child = await startServer({ command: requireProgram('redis-server'), args: all, ready: /Ready to accept connections/ })
  }
  const stop = async (): Promise<void> => {
    child?.kill('SIGCONT')
    await endServer(child, 'SIGTERM')
  }

  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    kill: () => endServer(child, 'SIGKILL'),
    restart: async () => {
      await stop()
      await start()
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    remove: async () => {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
