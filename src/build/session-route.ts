import { addServerHandler } from '@nuxt/kit'
import type { Nuxt } from '@nuxt/schema'
import type { Nitro } from 'nitropack'
import { NuxtAuthError } from '../runtime/shared/errors'
import type { DefinitionFile } from './find-definition'
import { getNitro } from './floors'
import type { ResolvedOptions } from './options'

/** A route of the app, as Nitro lists it: `/api/auth/:action`. */
interface Route { route?: string, middleware?: boolean }

/**
 * The path of a separate route for the session. It is the most frequent request, and Nitro finds a fixed path faster
 * than a wildcard. Undefined if a file of the app already handles that path: it must win, as it does over the wildcard.
 */
export function resolveSessionRoute(basePath: string, routes: Route[]): string | undefined {
  const path = `${basePath}/session`
  const isParameter = (route: string) => route.startsWith(`${basePath}/:`) && route.lastIndexOf('/') === basePath.length
  const isTaken = routes.some(({ route = '', middleware }) => !middleware && (route === path || isParameter(route)))
  return isTaken ? undefined : path
}

/** Adds the session's route just before the server is bundled, when all routes of the app are known. */
export function addSessionRoute({ hooks }: Nitro, basePath: string, handler: string): void {
  hooks.hook('rollup:before', ({ options, scannedHandlers }) => {
    const route = resolveSessionRoute(basePath, [...scannedHandlers, ...options.handlers])
    if (route) options.handlers.push({ route, handler, lazy: true })
  })
}

/**
 * Adds Auth.js's routes, unless the app has its own catch-all route for them.
 * Fails the build with AUTH_M003 if another module has a handler for the same route.
 */
export function addAuthRoutes(
  nuxt: Nuxt, definition: DefinitionFile, { basePath }: ResolvedOptions, handler: string,
): void {
  const route = `${basePath}/**`
  nuxt.hook('modules:done', () => refuseSecondHandler(nuxt, definition, route, handler))
  if (definition.isHandler) return
  addServerHandler({ route, handler, lazy: true })
  // Nitro 3 compiles its routes, so a fixed path is no faster there. In development the app's files change at any time,
  // and a new one must win over this module's route.
  const isFaster = getNitro(nuxt) < 3 && !nuxt.options.dev
  if (isFaster) nuxt.hook('nitro:init', nitro => addSessionRoute(nitro, basePath, handler))
}

function refuseSecondHandler({ options }: Nuxt, { name }: DefinitionFile, route: string, own: string): void {
  const handlers = [...options.serverHandlers, ...options.devServerHandlers]
  const other = handlers.find(entry => entry.route === route && entry.handler !== own)
  if (other) throw new NuxtAuthError('AUTH_M003', { basePath: route, first: name, second: String(other.handler) })
}
