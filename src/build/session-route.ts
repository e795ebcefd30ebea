import type { Nitro } from 'nitropack'

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
