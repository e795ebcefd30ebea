import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Nuxt } from '@nuxt/schema'
import { defu } from 'defu'
import { dirname, join } from 'pathe'
import { toDenied, toRealPath } from './dev-files'

/**
 * Gives an app in development a secret. No production secret is ever read at build, and everything in runtime config
 * slows down each page that renders.
 */
export function addDevSecret({ options }: Nuxt): void {
  const { rootDir, buildDir, dev, _prepare, runtimeConfig } = options
  if (!dev || _prepare) return
  const file = join(rootDir, 'node_modules/.cache/nuxt-authjs/secret')
  const deny = new Set([...toDenied(file, buildDir), ...toDenied(toRealPath(file), toRealPath(buildDir))])
  options.vite = defu({ server: { fs: { deny: [...deny] } } }, options.vite)
  if (process.env.AUTH_SECRET || process.env.NUXT_AUTH_SECRET) return
  Object.assign(runtimeConfig, { auth: defu(runtimeConfig.auth as object, { secret: getDevSecret(file) }) })
}

/** The development secret of a project: random, made once, kept in `file` that only its owner can read. */
export function getDevSecret(file: string): string {
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  if (known.length >= 43) return known
  const secret = randomBytes(33).toString('base64')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${secret}\n`, { mode: 0o600 })
  return secret
}
