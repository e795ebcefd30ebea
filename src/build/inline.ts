import type { Nuxt } from '@nuxt/schema'
import { getNitro } from './floors'

/**
 * Packages that are bundled into the built server. `@panva/hkdf`, which `@auth/core` imports, has other files for Bun and Deno than
 * for Node.js: where Nitro copied the files for Node.js, a `node-server` build does not start Auth.js on the other two.
 */
const inlined = ['@auth/core', '@panva/hkdf']

/** Bundles Auth.js into the built server, so that its output runs on Node.js, Bun and Deno alike. */
export function inlineAuth(nuxt: Nuxt): void {
  const { nitro, dev } = nuxt.options
  if (dev) return
  if (getNitro(nuxt) < 3) {
    nitro.externals = { ...nitro.externals, inline: [...nitro.externals?.inline ?? [], ...inlined] }
    return
  }
  // Nitro 3's name for the same, which the types of Nitro 2 lack.
  const options = nitro as { noExternals?: boolean | (string | RegExp)[] }
  if (options.noExternals !== true) options.noExternals = [...options.noExternals || [], ...inlined]
}
