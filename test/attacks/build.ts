import { fileURLToPath } from 'node:url'
import { setup } from '@nuxt/test-utils/e2e'

/** Builds the app at a path (relative ones start at this folder) without starting it. */
export async function buildApp(dir: string): Promise<void> {
  await setup({ rootDir: dir.startsWith('.') ? fileURLToPath(new URL(dir, import.meta.url)) : dir, server: false })
}
