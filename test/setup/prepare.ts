import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const fixtures = readdirSync(join(root, 'test/fixtures')).map(name => `test/fixtures/${name}`)
const apps = ['playground', 'test/types/app', ...fixtures].filter(app => existsSync(join(root, app, 'package.json')))

/** Generates the `.nuxt` folders, which every app's tsconfig extends and a fresh clone lacks. */
export default async function prepare(): Promise<void> {
  for (const app of apps.filter(app => !existsSync(join(root, app, '.nuxt/tsconfig.json'))))
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/.bin/nuxt'), 'prepare', app], { cwd: root })
}
