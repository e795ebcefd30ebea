import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { getRandomPort } from 'get-port-please'
import { getServerEntry, secret } from './app'

/** One more process of the app that the test has built. */
export interface Server { readonly origin: string, readonly child: ChildProcess, stop: () => Promise<void> }

let own: string | undefined

/** Starts the built app again, beside the first, and returns once it says that it listens: whoever tries its port meanwhile may take it. `entry`: that of another build. */
export async function startServer(env: Record<string, string> = {}, entry?: string): Promise<Server> {
  // Known between two tests only until the first of them ends.
  const path = entry ?? (own ??= getServerEntry())
  const port = await getRandomPort('127.0.0.1')
  const origin = `http://127.0.0.1:${port}`
  const all = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), AUTH_SECRET: secret, AUTH_URL: origin, ...env }
  const child = spawn(process.execPath, [path], { env: all, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the server ended with ${code}\n${output}`)))
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => {
      output = (output + String(chunk)).slice(-20_000)
      if (output.includes('Listening on')) resolve()
    })
  })
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  return {
    origin,
    child,
    stop: async () => {
      child.kill()
      await gone
    },
  }
}
