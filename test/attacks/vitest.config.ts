import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { aliases } from '../setup/aliases'

const toPath = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const root = toPath('../..')

/** `npm run test:attack`: attacks against built apps. */
export default defineConfig({
  root,
  test: {
    globalSetup: [toPath('../setup/prepare.ts')],
    maxWorkers: 2,
    projects: [
      { root, test: { name: 'attacks', include: ['test/attacks/**/*.test.ts'], environment: 'node', testTimeout: 120_000, hookTimeout: 180_000, maxWorkers: 2 } },
      // The unit tests again, on a host without node:crypto, except those that cover both kinds of host, that only read files,
      // or that advance a fake clock before WebCrypto has hashed a key (`store`).
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
