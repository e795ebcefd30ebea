import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Nuxt } from '@nuxt/schema'
import { defu } from 'defu'
import { dirname, join } from 'pathe'
import { toDeniedPatterns, toRealPath } from './dev-files'

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
