/** Runs the identity provider of provider-process.mjs, which can be killed and restarted at the same URL. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRandomPort } from 'get-port-please'
import { endServer, startServer } from './server'

export interface Provider {
  readonly url: string
  /** Refresh tokens that were exchanged, answered again, and refused as reused, since the first start. */
  getSeen: () => Promise<{ refreshes: number, repeats: number, reuses: number }>
  kill: () => Promise<void>
  start: () => Promise<void>
  remove: () => Promise<void>
}

/** With `isLenient`, a refresh token whose response was lost gives the same response again. */
export async function startProvider({ isLenient = false } = {}): Promise<Provider> {
  const dir = mkdtempSync(join(tmpdir(), 'provider-'))
  const port = await getRandomPort('127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  const args = [fileURLToPath(new URL('./provider-process.mjs', import.meta.url)), String(port), join(dir, 'granted'), isLenient ? 'lenient' : 'strict']
  let child: ChildProcess | undefined
  const kill = () => endServer(child, 'SIGKILL')
  const start = async (): Promise<void> => {
    child = await startServer({ command: process.execPath, args, ready: /Ready to grant/ })
  }
  await start()
  return {
    url,
    start,
    kill,
    getSeen: async () => await (await fetch(`${url}/seen`)).json() as { refreshes: number, repeats: number, reuses: number },
    remove: async () => {
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
