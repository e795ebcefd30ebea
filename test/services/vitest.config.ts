import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { aliases } from '../setup/aliases'

/** Real servers: PostgreSQL and Redis, started on free ports by each file that needs one. */
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    name: 'services',
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/services/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['./test/setup/prepare.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // What is measured in seconds here is not shared with another file.
    maxWorkers: 1,
  },
})
