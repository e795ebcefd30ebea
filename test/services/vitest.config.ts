import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { aliases } from '../setup/aliases'

/** Tests with real servers: each file starts the PostgreSQL and Redis that it needs on free ports. */
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
    // Files run one at a time, because they measure response times.
    maxWorkers: 1,
  },
})
