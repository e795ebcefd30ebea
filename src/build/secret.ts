import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import type { Nuxt } from '@nuxt/schema'
import { defu } from 'defu'
import { basename, dirname, join, normalize } from 'pathe'

/** Vite's own list, which any other list replaces. https://vite.dev/config/server-options#server-fs-deny */
const viteDefaults = ['.env', '.env.*', '*.{crt,pem}', '**/.git/**']

/**
 * Gives an app in development a secret, and keeps Vite's dev server from serving it. Builds never read or contain a
 * secret.
 */
export function addDevSecret({ options }: Nuxt): void {
  const { rootDir, buildDir, dev, _prepare, runtimeConfig } = options
  if (!dev || _prepare) return
  const file = join(rootDir, 'node_modules/.cache/nuxt-authjs/secret')
  const patterns = [...toDeniedPatterns(file, buildDir), ...toDeniedPatterns(toRealPath(file), toRealPath(buildDir))]
  options.vite = defu({ server: { fs: { deny: [...new Set(patterns)] } } }, options.vite)
  if (process.env.AUTH_SECRET || process.env.NUXT_AUTH_SECRET) return
  Object.assign(runtimeConfig, defu({ auth: runtimeConfig.auth }, { auth: { secret: getDevSecret(file) } }))
}

/** The development secret of a project: random, created once, and stored in `file`, which only its owner can read. */
export function getDevSecret(file: string): string {
  const stored = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  if (stored.length >= 43) return stored
  const secret = randomBytes(33).toString('base64')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}

/**
 * Patterns for Vite's `server.fs.deny`: files below the project's root that its dev server must not serve.
 * These are the development secret and the built server, which contains the private runtime config. Pure.
 */
export function toDeniedPatterns(secretFile: string, buildDir: string): string[] {
  return [
    ...viteDefaults,
    ...toNamePatterns(buildDir),
    escapePattern(secretFile),
    `${escapePattern(buildDir)}/dev/**`,
  ]
}

/**
 * The path with every symbolic link resolved, because Vite serves that path as well.
 * A missing file gets the resolved path of its folder.
 */
export function toRealPath(path: string): string {
  if (existsSync(path)) return normalize(realpathSync(path))
  return join(toRealPath(dirname(path)), basename(path))
}

// A symbolic link inside the project gives the same files further paths, so they are also denied by name.
function toNamePatterns(buildDir: string): string[] {
  const secret = '**/.cache/nuxt-authjs/secret'
  const name = basename(buildDir)
  // A name without a dot, such as `dist`, would also match folders of the app's sources.
  return name.startsWith('.') ? [secret, `**/${escapePattern(name)}/dev/**`] : [secret]
}

// Folder names may contain characters that are special in a glob pattern.
function escapePattern(path: string): string {
  return path.replace(/[\\!*?+@()[\]{}|]/g, '\\$&')
}
