import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'package', root: fileURLToPath(new URL('../..', import.meta.url)), include: ['test/package/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 120_000 },
})
