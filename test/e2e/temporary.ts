import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Writes a small app inside the repository, where it can import its packages. Not in `node_modules`, which watchers ignore. */
export function writeApp(files: Record<string, string>): string {
  const cache = join(root, 'test/.cache/apps')
  mkdirSync(cache, { recursive: true })
  const dir = mkdtempSync(join(cache, 'app-'))
  const all = { 'package.json': '{ "private": true, "type": "module" }', ...files }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), text)
  }
  return dir
}

/** Copies the playground, so a test never shares a build folder with another test or a developer. */
export function copyPlayground(): string {
  const dir = writeApp({})
  const copy = join(dir, 'playground')
  cpSync(join(root, 'playground'), copy, { recursive: true, filter: path => !/[\\/](?:\.nuxt|\.output|\.data|node_modules)$/.test(path) })
  symlinkSync(join(root, 'src'), join(dir, 'src'), 'junction')
  return copy
}

/** A nuxt.config with this module. */
export function toConfig(options = '{}', more = ''): string {
  return `export default defineNuxtConfig({ modules: [${JSON.stringify(`${root}src/module`)}], compatibilityDate: '2026-11-01', telemetry: false, auth: ${options}, ${more} })`
}

/** An environment without any configuration. */
export const bare = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', CI: '1' }

/** Runs the Nuxt CLI until it exits. */
export async function runNuxt(command: string, dir: string, env: Record<string, string> = {}): Promise<{ code: number | null, output: string }> {
  const child = startNuxt([command, dir], env)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output += String(chunk))
  return await new Promise(resolve => child.on('close', code => resolve({ code, output })))
}

export function startNuxt(args: string[], env: Record<string, string> = {}) {
  return spawn(process.execPath, [join(root, 'node_modules/.bin/nuxt'), ...args], { cwd: root, env: { ...bare, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}
