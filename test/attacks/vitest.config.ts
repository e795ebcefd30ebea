import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `npm run test:attack`: built apps, and everything that somebody would send them. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'attacks',
    include: ['test/attacks/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['./test/setup/prepare.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
})
