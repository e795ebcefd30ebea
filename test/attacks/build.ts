import { fileURLToPath } from 'node:url'
import { setup } from '@nuxt/test-utils/e2e'

/** Builds an app, by its path (from here where it is relative), and starts nothing. */
export async function buildApp(dir: string): Promise<void> {
  await setup({ rootDir: dir.startsWith('.') ? fileURLToPath(new URL(dir, import.meta.url)) : dir, server: false })
}
