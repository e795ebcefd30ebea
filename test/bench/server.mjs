// Production servers on loopback, on a dedicated core.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { getName, secret } from './apps.mjs'
import { Visitor } from './visitor.mjs'

/** One core for the servers, one for the load: only where there are two, and `taskset`. */
export const isPinned = availableParallelism() > 1 && hasTaskset()

/** Takes this process, and what it starts from here on, off the servers' core. */
export function pinLoad() {
  if (isPinned) execFileSync('taskset', ['-acp', '1', String(process.pid)], { stdio: 'ignore' })
}

function hasTaskset() {
  try {
    return execFileSync('taskset', ['--version'], { stdio: 'pipe' }).length > 0
  }
  catch {
    return false
  }
}

/** Starts the build of an app, and waits for nothing. `env` and Node's `flags` beside the usual ones; `stdout` as `spawn` takes it. */
export function launch(app, port, { env = {}, flags = [], stdout = 'ignore' } = {}) {
  const origin = `http://127.0.0.1:${port}`
  const node = [process.execPath, '--max-http-header-size=131072', ...flags, '.output/server/index.mjs']
  const [command, ...args] = isPinned ? ['taskset', '-c', '0', ...node] : node
  const child = spawn(command, args, {
    cwd: app.dir,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), AUTH_URL: origin, AUTH_SECRET: secret, ...app.env(origin), ...env },
    // Some apps log each refusal, so all logs go to the same kind of target.
    stdio: ['ignore', stdout, 'ignore'],
  })
  const kill = () => child.kill()
  // Stops the servers however the run ends.
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return { child, origin }
}

/** Starts the build of an app and signs a visitor in. */
export async function start(app, { fields = {}, ...options } = {}) {
  const port = await getFreePort()
  const { child, origin } = launch(app, port, options)
  const visitor = new Visitor(origin)
  await waitFor(origin, child)
  await visitor.signIn(app, fields)
  return { app, name: getName(app), origin, port, visitor, stop: () => stop(child) }
}

/** CPU in µs, and memory in bytes. */
export async function getUsage({ origin }, isCollecting = false) {
  return await (await fetch(`${origin}/api/usage${isCollecting ? '?gc' : ''}`)).json()
}

export async function stop(child) {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

async function waitFor(origin, child) {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (await fetch(`${origin}/api/ping`).then(({ ok }) => ok, () => false)) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${child.spawnargs.join(' ')} does not answer`)
}

export async function getFreePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
