import { defineVitestProject } from '@nuxt/test-utils/config'
import { defineConfig } from 'vitest/config'
import { aliases } from './test/setup/aliases'

export default defineConfig(async () => ({
  test: {
    globalSetup: ['./test/setup/prepare.ts'],
    projects: [
      // Every hop and every error, without Nuxt.
      {
        resolve: { alias: aliases },
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node' },
      },
      // `useAuth()` in a Nuxt app without a browser.
      await defineVitestProject({
        test: { name: 'nuxt', include: ['test/nuxt/**/*.test.ts'], environment: 'nuxt', environmentOptions: { nuxt: { rootDir: 'test/fixtures/basic', domEnvironment: 'happy-dom' } } },
      }),
      // vue-tsc on real apps: what is inferred, and what is refused.
      { test: { name: 'types', include: ['test/types/*.test.ts'], environment: 'node', testTimeout: 60_000 } },
      // Built apps, real requests, a real browser.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['./test/setup/browser.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
          // After the others: a project with its own number of workers needs a turn of its own.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}))
