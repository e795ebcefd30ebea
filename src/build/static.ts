import { existsSync, readdirSync } from 'node:fs'
import { useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import type { Nitro } from 'nitropack'
import { join } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'
import { findPathRule, isAbout } from '../runtime/shared/paths'
import { leftOut } from '../runtime/shared/access'
import type { AppRules } from './collect-rules'
import { toPathRules } from './route-rules'
import type { CompiledRule } from './route-rules'

/**
 * Keeps guarded routes out of the prerendered files, and logs AUTH_M013 for guarded files that a host serves without
 * running the server.
 */
export function checkStaticFiles(nuxt: Nuxt, { getRules }: AppRules): void {
  nuxt.hook('nitro:init', skipRefusedRoutes)
  nuxt.hook('nitro:build:before', ({ options }) => {
    if (nuxt.options.dev || !isServedByHost(options)) return
    const assets = nuxt.options.app.buildAssetsDir.replace(/^\/+|\/+$/g, '')
    // The browser's scripts don't exist yet, so one pattern stands for all of them.
    const folders = options.publicAssets.filter(({ baseURL = '' }) => !baseURL.includes(assets))
    const files = [...listPublicFiles(folders), `/${assets}/**`]
    for (const guarded of findGuardedFiles(files, getRules(), `/${assets}`)) {
      const values = { pattern: guarded.pattern, files: toList(guarded.files), preset: options.preset }
      useLogger().warn(new NuxtAuthError('AUTH_M013', values).message)
    }
  })
}

/** Skips every route that a guard refused while it was prerendered, and logs all of them in one line. */
export function skipRefusedRoutes({ hooks, options }: Pick<Nitro, 'hooks' | 'options'>): void {
  const routes = new Set<string>()
  hooks.hook('prerender:generate', (route) => {
    if (route.error?.statusMessage !== leftOut) return
    delete route.error
    route.skip = true
    routes.add(route.route)
  })
  hooks.hook('prerender:done', () => {
    if (routes.size > 0) useLogger().warn(describeSkipped([...routes].sort(), options.static === true))
  })
}

/** The log line about routes that were not prerendered. Pure. */
export function describeSkipped(routes: string[], isStatic: boolean): string {
  const effect = isStatic
    ? 'A static host answers 404 there, or shows its fallback page'
    : 'The server renders them for each request'
  const reason = 'Not prerendered, because they have a rule or belong to Auth.js'
  return `[nuxt-authjs] ${reason}: ${toList(routes, 20)}. ${effect}.`
}

/** True if the host serves static files before the server runs. Pure. */
export function isServedByHost(
  { preset, serveStatic, static: isStatic }: { preset: string, serveStatic?: unknown, static?: boolean },
): boolean {
  // Nitro's preset for Firebase sets `serveStatic`, but Firebase Hosting answers first.
  return Boolean(isStatic) || !serveStatic || preset.startsWith('firebase')
}

/**
 * The files whose URL has a rule, by the rule's pattern. Wider patterns don't apply to the browser's scripts in
 * `assets`, which need a rule of their own. Pure.
 */
export function findGuardedFiles(
  files: string[], rules: CompiledRule[], assets: string,
): { pattern: string, files: string[] }[] {
  const pathRules = toPathRules(rules)
  const byPattern = new Map<string, string[]>()
  for (const file of files) {
    const [, rule = false, , pattern = ''] = findPathRule(pathRules, file.toLowerCase()) ?? []
    const isExempt = file.startsWith(`${assets}/`) && !isAbout(pattern, assets)
    if (rule === false || isExempt) continue
    byPattern.set(pattern, [...byPattern.get(pattern) ?? [], file])
  }
  return [...byPattern].map(([pattern, files]) => ({ pattern, files }))
}

/** The URLs, below the app's base URL, of all files in these folders. Folders that don't exist are ignored. */
export function listPublicFiles(folders: { dir: string, baseURL?: string }[]): string[] {
  return folders.filter(({ dir }) => existsSync(dir)).flatMap(({ dir, baseURL = '/' }) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join('/', baseURL, join(entry.parentPath, entry.name).slice(join(dir).length))))
}

function toList(names: string[], max = 5): string {
  if (names.length <= max) return names.join(', ')
  return `${names.slice(0, max).join(', ')} and ${names.length - max} more`
}
