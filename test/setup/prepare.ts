import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const apps = ['playground', 'test/types/app', ...['basic', 'custom-session-data', 'extending', 'base-url', 'guards', 'browser', 'attacked'].map(name => `test/fixtures/${name}`)]

/** A fresh clone has no `.nuxt`, which the tsconfig of every app extends. */
export default async function prepare(): Promise<void> {
  for (const app of apps.filter(app => !existsSync(join(root, app, '.nuxt/tsconfig.json'))))
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/.bin/nuxt'), 'prepare', app], { cwd: root })
}
