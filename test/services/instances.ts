import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { getRandomPort } from 'get-port-please'

/** One process of a built app, as in a deployment. `output` is everything that it has written. */
export interface Instance {
  url: string
  readonly output: string
  readonly isRunning: boolean
  /** Sends SIGKILL. */
  kill: () => Promise<void>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a built server, and resolves once it accepts requests. */
export async function startInstance(entry: string, env: Record<string, string>): Promise<Instance> {
  const port = await getRandomPort('127.0.0.1')
  const child = spawn(process.execPath, [entry], { env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve(void running.delete(child))))
  let output = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += String(data)
        if (/Listening on/.test(output)) resolve()
      })
    }
    void ended.then(() => reject(new Error(`the server ended:\n${output}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    get output() { return output },
    get isRunning() { return child.exitCode === null && child.signalCode === null },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
