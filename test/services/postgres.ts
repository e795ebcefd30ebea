/**
 * A real PostgreSQL for tests: its own cluster in a temporary folder, its own free port, loopback only.
 *
 *   const postgres = await startPostgres()   // about a second; durable, so data survives a kill
 *   postgres.url                             // postgres://test@127.0.0.1:PORT/test — the same after a restart
 *   postgres.port
 *   await postgres.query('select $1::int as one', [1])   // rows; a new connection each time
 *   await postgres.kill()                    // kill -9 of the server and its backends
 *   await postgres.start()                   // again, on the same port and data (after `kill` or `stop`)
 *   await postgres.restart()                 // stop, start
 *   await postgres.stop()                    // disconnects all clients; keeps the data
 *   await postgres.remove()                  // stop, and delete the data: for afterAll
 *
 * A test's own pool needs `pool.on('error', () => {})`, because each idle connection fails when the server stops.
 */
import { execFileSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRandomPort } from 'get-port-please'
import pg from 'pg'
import { endServer, requireProgram, startServer } from './server'

export interface Postgres {
  readonly port: number
  readonly url: string
  query: <T = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<T[]>
  start: () => Promise<void>
  stop: () => Promise<void>
  kill: () => Promise<void>
  restart: () => Promise<void>
  remove: () => Promise<void>
}

export async function startPostgres(): Promise<Postgres> {
  const owner = toOwner()
  const dir = mkdtempSync(join(tmpdir(), 'postgres-'))
  if (owner) chownSync(dir, owner.uid, owner.gid)
  const data = join(dir, 'data')
  execFileSync(requireProgram('initdb'), ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...owner, cwd: '/', stdio: 'pipe' })
  const port = await getRandomPort('127.0.0.1')
  const url = (database: string) => `postgres://test@127.0.0.1:${port}/${database}`
  const args = ['-D', data, '-p', String(port), '-k', dir, '-h', '127.0.0.1', '-c', 'max_connections=200', '-c', 'fsync=off', '-c', 'log_min_messages=log']
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    child = await startServer({ command: requireProgram('postgres'), args, ready: /database system is ready to accept connections/, ...owner })
  }
  const stop = () => endServer(child, 'SIGINT')
  const query = <T>(sql: string, values?: unknown[]) => runQuery<T>(url('test'), sql, values)

  await start()
  await runQuery(url('postgres'), 'create database test')
  return {
    port,
    url: url('test'),
    query,
    start,
    stop,
    kill: async () => {
      const serving = listChildren(child?.pid)
      await endServer(child, 'SIGKILL')
      await endOrphans(serving)
    },
    restart: async () => {
      await stop()
      await start()
    },
    remove: async () => {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function runQuery<T>(connectionString: string, sql: string, values?: unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows as T[]
  }
  finally {
    await client.end()
  }
}

/** PostgreSQL refuses to run as root, so as root it is started as the postgres user. */
function toOwner(): { uid: number, gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['-u', '-g'].map(flag => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  return { uid: uid!, gid: gid! }
}

function listChildren(parent: number | undefined): number[] {
  if (parent === undefined || !existsSync('/proc/self/stat')) return []
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).filter((pid) => {
    try {
      // Format: pid (name) state parent …, where a name may contain spaces and brackets.
      return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[1] === String(parent)
    }
    catch {
      return false
    }
  }).map(Number)
}

// Backends exit once they notice that the server is gone; a new server can't start before that.
async function endOrphans(pids: number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    }
    catch {
      // The process has already exited.
    }
  }
  while (pids.some(pid => existsSync(`/proc/${pid}`))) await new Promise(resolve => setTimeout(resolve, 5))
}
