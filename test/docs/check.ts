import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { isDefinition } from './apps'
import type { App, Sample } from './apps'
import { root } from './pages'

const run = promisify(execFile)
const cache = `${root}/test/docs/.cache`
const require = createRequire(import.meta.url)

/** The package as an app imports it. */
const aliases = {
  'nuxt-authjs/types': `${root}/src/runtime/shared/types`,
  'nuxt-authjs/define': `${root}/src/runtime/server/define`,
  'nuxt-authjs': `${root}/src/module`,
}

/** Default files of an app, for those that its page doesn't show. */
const defaults: Record<string, string> = {
  // Named explicitly, as in a new Nuxt app. Otherwise auto-imports of the package are typed `any`.
  'package.json': '{ "private": true, "type": "module", "dependencies": { "nuxt": "*", "vue": "*", "vue-router": "*" } }',
  'nuxt.config.ts': `export default defineNuxtConfig({ modules: ['nuxt-authjs'] })`,
  'server/auth.ts': 'export default defineAuth({ providers: [] })',
  'pages/index.vue': '<template><p /></template>',
}

/** Prepares the apps and type-checks them in one process. Returns the errors with their page and line. */
export async function checkApps(apps: App[]): Promise<string[]> {
  rmSync(cache, { recursive: true, force: true })
  const written = new Map(apps.flatMap(app => [...writeApp(app)]))
  const dirs = apps.map(({ name }) => join(cache, name))
  const failures = await runNode([join(root, 'test/docs/prepare.mjs'), JSON.stringify(aliases), ...dirs])
  if (failures) return failures.split('\n')
  const output = await runNode([require.resolve('vue-tsc/bin/vue-tsc.js'), '-b', '--noEmit', '--pretty', 'false', ...dirs])
  return output === '' ? [] : output.split(/\n(?!\s)/).map(message => toPageLine(message, written))
}

/** Runs Node, and resolves to its output if it fails, or to an empty string. */
async function runNode(args: string[]): Promise<string> {
  const env = { ...process.env, NODE_ENV: '', VITEST: '', TEST: '' }
  return await run(process.execPath, args, { cwd: root, env }).then(() => '', ({ stdout, stderr }) => `${stdout}${stderr}`.trim() || 'failed without output')
}

/** Files by path from the root. */
function writeApp({ name, files, variants }: App): Map<string, Sample> {
  const dir = join(cache, name)
  const placed = [...files.map(sample => ({ sample, file: sample.file })), ...variants.flatMap((group, index) => group.map(sample => ({ sample, file: `alt/${index}/${sample.file}` })))]
  const isDefined = files.some(({ file }) => isDefinition(file))
  for (const [file, text] of Object.entries(defaults)) {
    if (!files.some(sample => sample.file === file) && !(isDefined && isDefinition(file))) write(join(dir, file), text)
  }
  for (const { sample, file } of placed) write(join(dir, file), sample.code)
  // A variant imports other files as if it were at the path that it replaces.
  const rootDirs = ['.', ...variants.map((_, index) => `alt/${index}`)]
  write(join(dir, 'tsconfig.json'), JSON.stringify({
    extends: './.nuxt/tsconfig.json',
    compilerOptions: { noUncheckedIndexedAccess: true, noUnusedLocals: true, rootDirs },
    files: [relative(dir, `${root}/src/runtime/server/virtual.d.ts`)],
  }))
  return new Map(placed.map(({ sample, file }) => [relative(root, join(dir, file)), sample]))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** `…/server/auth.ts(7,3): error …` → `docs/x.md:41: error …`, using the position of the sample on its page. */
function toPageLine(line: string, written: Map<string, Sample>): string {
  const [, path = '', row, message] = /^(.+?)\((\d+),\d+\): (.*)$/s.exec(line) ?? []
  const sample = written.get(path)
  return sample ? `${sample.page}:${sample.line + Number(row)}: ${message}` : line
}
