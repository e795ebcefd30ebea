import type { Nuxt } from '@nuxt/schema'
import { getNitro } from './floors'

/**
 * Packages that are bundled into the built server, instead of copied beside it.
 * - `@panva/hkdf` has other files for Bun and Deno than for Node.js. Nitro copies those for Node.js only, and a `node-server`
 *   build would not start Auth.js on the other two.
 * - Of the others, only the functions that are used remain in the bundle.
 */
const bundled = ['@auth/core', '@panva/hkdf', 'jose', 'oauth4webapi']

/** The parts of Auth.js's own pages, which this module's default pages replace. */
const pageParts = new Set([
  './error.js', './signin.js', './signout.js', './verify-request.js', './styles.js', 'preact-render-to-string',
])

/** Bundles Auth.js into the built server, without its pages. The output then runs on Node.js, Bun and Deno alike. */
export function bundleAuth(nuxt: Nuxt, runtime: string): void {
  const { nitro, dev } = nuxt.options
  if (dev) return
  if (getNitro(nuxt) < 3) {
    nitro.externals = { ...nitro.externals, inline: [...nitro.externals?.inline ?? [], ...bundled] }
  }
  else {
    // Nitro 3's name for the same, which the types of Nitro 2 lack.
    const options = nitro as { noExternals?: boolean | (string | RegExp)[] }
    if (options.noExternals !== true) options.noExternals = [...options.noExternals || [], ...bundled]
  }
  nuxt.hook('nitro:init', ({ hooks }) => {
    hooks.hook('rollup:before', (_, { plugins }) => {
      if (Array.isArray(plugins)) plugins.unshift(withoutAuthPages(`${runtime}/server/authjs/empty-page`))
    })
  })
}

/** A Rollup plugin that leaves Auth.js's pages, and Preact with them, out of the bundle. `emptyPage`: the module in their place. */
export function withoutAuthPages(emptyPage: string) {
  return {
    name: 'nuxt-authjs:auth-pages',
    async resolveId(this: { resolve: (id: string) => Promise<{ id: string } | null> }, id: string, importer = '') {
      if (!/@auth\/core\/lib\/pages\/index\.js$/.test(importer.replaceAll('\\', '/')) || !pageParts.has(id)) return null
      return await this.resolve(emptyPage)
    },
  }
}
