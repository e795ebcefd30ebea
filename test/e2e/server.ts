import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { getRandomPort } from 'get-port-please'
import { getServerEntry, secret } from './app'

/** Another process of the app that the test has built. */
export interface Server { readonly origin: string, readonly child: ChildProcess, stop: () => Promise<void> }

let own: string | undefined

/** Starts another process of the built app, or of another build at `entry`, and resolves once it reports that it listens. */
export async function startServer(env: Record<string, string> = {}, entry?: string): Promise<Server> {
  // The test context exists only until the first of several concurrent tests ends, so the path is kept.
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
