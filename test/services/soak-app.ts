/** The app of test/fixtures/soak, which uses every feature of the module that keeps state between requests. */
import { fileURLToPath } from 'node:url'
import { setup } from '@nuxt/test-utils/e2e'
import { getRandomPort } from 'get-port-please'
import { afterAll } from 'vitest'
import { getServerEntry, secret, Visitor } from '../e2e/app'
import { startInstance } from './instances'
import type { Instance } from './instances'

const running = new Set<Instance>()
let entry: string | undefined

/** Builds the app, once per file. */
export async function setupSoakApp(): Promise<void> {
  await setup({ rootDir: fileURLToPath(new URL('../fixtures/soak', import.meta.url)), server: false })
  afterAll(() => Promise.all([...running].map(instance => instance.kill())))
}

// All instances in a file have the same public origin, and each is requested directly.
const origin = `http://127.0.0.1:${await getRandomPort('127.0.0.1')}`

export async function startSoakApp(env: Record<string, string>): Promise<Instance> {
  // The test context exists only until the first of several concurrent tests ends, so the path is kept.
  entry ??= getServerEntry()
  const instance = await startInstance(entry, { AUTH_SECRET: secret, AUTH_URL: origin, ...env })
  running.add(instance)
  return instance
}

/** Signs in a user. `lifetime` is that of the provider's tokens, in seconds; they are due 30 seconds earlier. */
export async function signIn({ url }: { url: string }, owner: string, lifetime = 3600): Promise<Visitor> {
  const visitor = new Visitor(url)
  const { status } = await visitor.signIn({ owner, lifetime: String(lifetime) })
  if (status !== 200) throw new Error(`sign-in: ${status}`)
  return visitor
}
