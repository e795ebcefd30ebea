import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

/** How to start a server process. `ready` matches its output once it accepts connections. */
export interface ServerCommand { command: string, args: string[], ready: RegExp, uid?: number, gid?: number }

/** Folders outside PATH where Debian and others install server programs. */
const folders = () => [
  ...(process.env.PATH ?? '').split(':'),
  '/usr/sbin',
  ...['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].filter(dir => existsSync(dir)).flatMap(dir => readdirSync(dir).map(version => `${dir}/${version}/bin`)),
]

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Path of a server program. Throws one line with installation instructions. */
export function requireProgram(name: string): string {
  const path = folders().map(dir => `${dir}/${name}`).find(path => existsSync(path))
  if (path) return path
  throw new Error(`test:services needs ${name}: RUNLEVEL=1 apt-get install -y --no-install-recommends redis-server postgresql-15`)
}

/** Starts a server, and resolves once it is ready. Throws its output if it exits instead. */
export async function startServer({ command, args, ready, uid, gid }: ServerCommand): Promise<ChildProcess> {
  const child = spawn(command, args, { uid, gid, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, LC_ALL: 'C' } })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${command} ended with ${code}\n${output}`)))
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => {
      output = (output + String(chunk)).slice(-10_000)
      if (ready.test(output)) resolve()
    })
  })
  return child
}

/** Sends a signal, and resolves once the process has exited. */
export async function endServer(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.kill(signal)
  await gone
}
