import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { getRandomPort } from 'get-port-please'
import { vi } from 'vitest'
import { secret } from '../e2e/app'

/** A built app that runs in a separate process. */
export interface Running {
  /** The address that it listens on: http, on loopback. */
  origin: string
  pid: number
  /** Its output so far, from both streams. */
  log: () => string
  /** Exit code, or null while it runs. */
  code: () => number | null
  /** Resolves when it has exited and its output is complete, or after five seconds, because a server that refuses to start exits at once. */
  ended: () => Promise<unknown>
  stop: () => void
}

/** One built app, and its processes. */
export interface Arena {
  main: Running
  /** Starts another process with this environment, or returns the one that already has it. */
  start: (env: Record<string, string>) => Promise<Running>
  stop: () => void
}

/** Serves the build at `entry`. The main process has its origin configured, the others only get their own `env`. All of them get `common`. */
export async function openArena(entry: string, common: Record<string, string> = {}): Promise<Arena> {
  const servers = new Map<string, Promise<Running>>()
  const start = (env: Record<string, string>) => {
    const key = JSON.stringify(env)
    const server = servers.get(key) ?? startServer(entry, { ...common, ...env })
    servers.set(key, server)
    return server
  }
  const main = await start({ AUTH_SECRET: secret, AUTH_URL: 'itself' })
  return { main, start, stop: () => void Promise.all([...servers.values()].map(async server => (await server).stop())) }
}

async function startServer(entry: string, env: Record<string, string>): Promise<Running> {
  const port = await getRandomPort('127.0.0.1')
  const origin = `http://127.0.0.1:${port}`
  const own = env.AUTH_URL === 'itself' ? { AUTH_URL: origin } : {}
  const child = spawn(process.execPath, [entry], { env: { PATH: process.env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = new Promise(resolve => child.once('close', resolve))
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => log += String(chunk))
  await vi.waitFor(() => {
    if (!log.includes('Listening') && child.exitCode === null) throw new Error(`does not listen: ${log}`)
  }, { timeout: 30_000, interval: 50 })
  // Warms up the server: its first page is slower than the others.
  await fetch(origin).catch(() => {})
  return { origin, pid: child.pid ?? 0, log: () => log, code: () => child.exitCode, ended: () => Promise.race([closed, setTimeout(5000)]), stop: () => void child.kill() }
}

/** CPU time of a process so far, in milliseconds, independent of other load on the machine. */
export function getCpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Resident memory of a process, in megabytes. */
export function getMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
