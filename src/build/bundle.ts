import { resolve } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'

/** A Vite plugin that refuses server modules in the app with AUTH_M012, which Vite would only call missing. */
export function refuseServerImports() {
  return {
    name: 'nuxt-authjs:server-imports',
    enforce: 'pre' as const,
    resolveId(id: string, importer = 'The app') {
      if (id === '#auth') throw new NuxtAuthError('AUTH_M012', { file: importer.replace(/\?.*/s, '') })
    },
  }
}

/** What Nuxt's manifest says of a script of the app. */
interface Chunk { src?: string, prefetch?: boolean }

/**
 * Takes this module's own chunks off the links of every page: the server would write them each time, and the browser fetches
 * them once the page has nothing else to do. `roots`: the folders that a chunk's source may be relative to.
 */
export function withoutPrefetch(manifest: Record<string, Chunk>, roots: string[], folder: string): void {
  for (const chunk of Object.values(manifest)) {
    if (roots.some(root => chunk.src && resolve(root, chunk.src).startsWith(`${folder}/`))) chunk.prefetch = false
  }
}
