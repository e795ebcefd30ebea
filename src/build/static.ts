import { existsSync, readdirSync } from 'node:fs'
import { useLogger } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import type { Nitro } from 'nitropack'
import { join } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'
import { findPathRule, isAbout } from '../runtime/shared/paths'
import { leftOut } from '../runtime/shared/prerender'
import type { AppRules } from './collect-rules'
import { toPathRules } from './route-rules'
import type { CompiledRule } from './route-rules'

/** What a deployment serves without asking the server: prerendered pages, and on many hosts the files of `public/`. */
export function guardStatic(nuxt: Nuxt, { getRules }: AppRules): void {
  nuxt.hook('nitro:init', leaveOut)
  nuxt.hook('nitro:build:before', (nitro) => {
    if (nuxt.options.dev || !isServedByHost(nitro.options)) return
    const assets = nuxt.options.app.buildAssetsDir.replace(/^\/+|\/+$/g, '')
    const served = [...listPublicFiles(nitro.options.publicAssets.filter(({ baseURL = '' }) => !baseURL.includes(assets))), `/${assets}/**`]
    for (const { pattern, files } of findGuardedFiles(served, getRules(), `/${assets}`))
      useLogger().warn(new NuxtAuthError('AUTH_M013', { pattern, files: toList(files), preset: nitro.options.preset }).message)
  })
}

/** Keeps out of the output every route that the app refused to prerender, and says so in one line. */
function leaveOut({ hooks, options }: Nitro): void {
  const routes = new Set<string>()
  hooks.hook('prerender:generate', (route) => {
    if (route.error?.statusMessage !== leftOut) return
    delete route.error
    route.skip = true
    routes.add(route.route)
  })
  hooks.hook('prerender:done', () => {
    if (routes.size > 0) useLogger().warn(describeLeftOut([...routes].sort(), options.static === true))
  })
}

/** The one line of the build about routes that were not prerendered. Pure. */
export function describeLeftOut(routes: string[], isStatic: boolean): string {
  const effect = isStatic ? 'A static host answers 404 there, or shows its fallback page' : 'The server renders them for each request'
  return `[nuxt-authjs] Not prerendered, because they have a rule or belong to Auth.js: ${toList(routes, 20)}. ${effect}.`
}

/** True for hosts that serve static files by themselves: Nitro's presets for all others let the server do it. Pure. */
export function isServedByHost({ preset, serveStatic, static: isStatic }: { preset: string, serveStatic?: unknown, static?: boolean }): boolean {
  // Firebase's functions could serve the files, but its hosting does it first.
  return Boolean(isStatic) || !serveStatic || preset.startsWith('firebase')
}

/** Files on whose URL a rule stands, by its pattern. Rules for wide patterns don't close the browser's scripts. Pure. */
export function findGuardedFiles(files: string[], rules: CompiledRule[], assets: string): { pattern: string, files: string[] }[] {
  const byPattern = new Map<string, string[]>()
  for (const file of files) {
    const [, rule = false, , pattern = ''] = findPathRule(toPathRules(rules), file.toLowerCase()) ?? []
    const isOpen = rule === false || (file.startsWith(`${assets}/`) && !isAbout(pattern, assets))
    if (!isOpen) byPattern.set(pattern, [...byPattern.get(pattern) ?? [], file])
  }
  return [...byPattern].map(([pattern, files]) => ({ pattern, files }))
}

function listPublicFiles(folders: { dir: string, baseURL?: string }[]): string[] {
  return folders.filter(({ dir }) => existsSync(dir)).flatMap(({ dir, baseURL = '/' }) => readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join('/', baseURL, join(entry.parentPath, entry.name).slice(join(dir).length))))
}

function toList(names: string[], max = 5): string {
  return names.length > max ? `${names.slice(0, max).join(', ')} and ${names.length - max} more` : names.join(', ')
}
