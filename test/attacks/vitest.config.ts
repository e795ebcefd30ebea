import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { aliases } from '../setup/aliases'

const toPath = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const root = toPath('../..')

/** `npm run test:attack`: built apps, and everything that somebody would send them. */
export default defineConfig({
  root,
  test: {
    globalSetup: [toPath('../setup/prepare.ts')],
    maxWorkers: 2,
    projects: [
      { root, test: { name: 'attacks', include: ['test/attacks/**/*.test.ts'], environment: 'node', testTimeout: 120_000, hookTimeout: 180_000, maxWorkers: 2 } },
      // The unit tests once more, on a host without node:crypto. Not those that meet both kinds themselves, that read files only,
      // or whose clock is turned on before WebCrypto has hashed a key (`store`).
      {
        root,
        resolve: { alias: aliases },
        test: {
          name: 'jose',
          include: ['test/unit/**/*.test.ts'],
          exclude: ['server/token/**', 'server/store/**', 'shared/errors', 'docs', 'bench-docs', 'supply-chain', 'lockfile', 'security', 'walls']
            .map(name => `test/unit/${name}${name.endsWith('**') ? '' : '.test.ts'}`),
          setupFiles: [toPath('./codec/without-node-crypto.mjs')],
          environment: 'node',
        },
      },
    ],
  },
})
