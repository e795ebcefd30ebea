import { addServerHandler } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import type { Nitro } from 'nitropack'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { DefinitionFile } from './find-definition'
import { getNitro } from './floors'
import type { ResolvedOptions } from './options'

/** A route of the app, as Nitro has it: `/api/auth/:action`. */
interface Route { route?: string, middleware?: boolean }

/**
 * The session's route of its own, so that the most frequent request is found without the search that a wildcard takes.
 * Undefined where the app answers that address itself: its file wins, as it does over the wildcard.
 */
export function resolveSessionRoute(basePath: string, routes: Route[]): string | undefined {
  const isTaken = routes.some(({ route, middleware }) => !middleware && route?.startsWith(`${basePath}/`) && /^(?:session|:[^/]*)$/.test(route.slice(basePath.length + 1)))
  return isTaken ? undefined : `${basePath}/session`
}

/** Adds that route, once the app's own are known: just before the server is bundled. */
export function addSessionRoute({ hooks }: Nitro, basePath: string, handler: string): void {
  hooks.hook('rollup:before', ({ options, scannedHandlers }) => {
    const route = resolveSessionRoute(basePath, [...scannedHandlers, ...options.handlers])
    if (route) options.handlers.push({ route, handler, lazy: true })
  })
}

/** Adds Auth.js's routes, unless the app has a catch-all of its own for them. Throws AUTH_M003 if another module answers there. */
export function addAuthRoutes(nuxt: Nuxt, definition: DefinitionFile, { basePath }: ResolvedOptions, handler: string): void {
  const route = `${basePath}/**`
  nuxt.hook('modules:done', () => refuseSecondHandler(nuxt, definition, route, handler))
  if (definition.isHandler) return
  addServerHandler({ route, handler, lazy: true })
  // Nitro 3 searches no tree. In development files come and go, and a new one has to win.
  if (getNitro(nuxt) < 3 && !nuxt.options.dev) nuxt.hook('nitro:init', nitro => addSessionRoute(nitro, basePath, handler))
}

function refuseSecondHandler({ options }: Nuxt, { name }: DefinitionFile, route: string, own: string): void {
  const other = [...options.serverHandlers, ...options.devServerHandlers].find(entry => entry.route === route && entry.handler !== own)
  if (other) throw new NuxtAuthError('AUTH_M003', { basePath: route, first: name, second: String(other.handler) })
}
