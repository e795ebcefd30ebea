import type { Nuxt } from '@nuxt/schema'
import { resolve } from 'pathe'
import { NuxtAuthError } from '../runtime/shared/errors'
import { getNitro } from './floors'

/**
 * Packages that are bundled into the built server instead of copied next to it.
 * - `@panva/hkdf` has separate files for Bun and Deno. Nitro copies only those for Node.js, so Auth.js in the output of
 *   the preset `node-server` would not start on the other two.
 * - The other packages are bundled to drop the functions that nothing uses.
 */
const bundled = ['@auth/core', '@panva/hkdf', 'jose', 'oauth4webapi']

/** The parts of Auth.js's own pages. This module's default pages replace them. */
const pageParts = new Set([
  './error.js', './signin.js', './signout.js', './verify-request.js', './styles.js', 'preact-render-to-string',
])

/** Bundles Auth.js into the built server, without its pages. The output then runs on Node.js, Bun and Deno. */
export function bundleAuth(nuxt: Nuxt, runtime: string): void {
  const { nitro, dev } = nuxt.options
  if (dev) return
  if (getNitro(nuxt) < 3) {
    nitro.externals = { ...nitro.externals, inline: [...nitro.externals?.inline ?? [], ...bundled] }
  }
  else {
    // Nitro 3's name for the same option, which is missing from the types of Nitro 2.
    const options = nitro as { noExternals?: boolean | (string | RegExp)[] }
    if (options.noExternals !== true) options.noExternals = [...options.noExternals || [], ...bundled]
  }
  nuxt.hook('nitro:init', ({ hooks }) => {
    hooks.hook('rollup:before', (_, config) => {
      const { plugins, onwarn } = config
      if (Array.isArray(plugins)) plugins.unshift(withoutAuthPages(`${runtime}/server/pages/empty-page`))
      config.onwarn = (warning, handle) => {
        if (isAuthHelper(warning)) return
        return onwarn ? onwarn(warning, handle) : handle(warning)
      }
    })
  })
}

/** True for the warning about `this` in helpers that TypeScript compiled into Auth.js. They work without it. */
function isAuthHelper({ code, id = '' }: { code?: string, id?: string }): boolean {
  return code === 'THIS_IS_UNDEFINED' && id.replaceAll('\\', '/').includes('/@auth/core/')
}

/** A Rollup plugin that replaces the parts of Auth.js's pages, and Preact with them, by the module `emptyPage`. */
export function withoutAuthPages(emptyPage: string) {
  const isPages = (file: string) => file.replaceAll('\\', '/').endsWith('/@auth/core/lib/pages/index.js')
  return {
    name: 'nuxt-authjs:auth-pages',
    async resolveId(this: { resolve: (id: string) => Promise<{ id: string } | null> }, id: string, importer = '') {
      return isPages(importer) && pageParts.has(id) ? await this.resolve(emptyPage) : null
    },
  }
}

/** A Vite plugin that refuses `#auth` in the app with AUTH_M012. Vite itself would only report a missing module. */
export function refuseServerImports() {
  return {
    name: 'nuxt-authjs:server-imports',
    enforce: 'pre' as const,
    resolveId(id: string, importer = 'The app') {
      if (id === '#auth') throw new NuxtAuthError('AUTH_M012', { file: importer.replace(/\?.*/s, '') })
    },
  }
}

/** A script of the app, as Nuxt's client manifest lists it. */
interface Chunk { src?: string, prefetch?: boolean }

/**
 * Removes the prefetch links to this module's own chunks from all pages. The server would render the links for each
 * request, and the module loads these chunks itself when the browser is idle.
 * `roots` are the folders that a chunk's source may be relative to; `folder` contains the module's app files.
 */
export function disablePrefetch(manifest: Record<string, Chunk>, roots: string[], folder: string): void {
  const isOwn = (src: string) => roots.some(root => resolve(root, src).startsWith(`${folder}/`))
  for (const chunk of Object.values(manifest)) {
    if (chunk.src && isOwn(chunk.src)) chunk.prefetch = false
  }
}
