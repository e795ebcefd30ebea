import { expect, it } from 'vitest'
import { refuseServerImports, withoutPrefetch } from '../../../src/build/bundle'

it('takes the links of its own chunks off, and leaves the app\'s alone', () => {
  const manifest = {
    'own': { src: '../node_modules/nuxt-authjs/dist/runtime/app/flows.js', prefetch: true },
    'own, from the root': { src: 'node_modules/nuxt-authjs/dist/runtime/app/guard.js', prefetch: true },
    'a page': { src: 'pages/account.vue', prefetch: true },
    'another module': { src: '../node_modules/other/dist/runtime/app/flows.js', prefetch: true },
    'a folder that begins alike': { src: '../node_modules/nuxt-authjs/dist/runtime/app-more/x.js', prefetch: true },
    'no source': { prefetch: true },
  }
  withoutPrefetch(manifest, ['/app/src', '/app'], '/app/node_modules/nuxt-authjs/dist/runtime/app')
  expect(Object.entries(manifest).filter(([, { prefetch }]) => !prefetch).map(([name]) => name)).toEqual(['own', 'own, from the root'])
})

it('refuses `#auth` in the app, and names the file that imports it', () => {
  const { resolveId } = refuseServerImports()
  expect(() => resolveId('#auth', '/app/pages/index.vue?vue&type=script')).toThrow(/AUTH_M012: \/app\/pages\/index\.vue imports '#auth', which exists on the server only\. .*`import type`/)
  expect(resolveId('#authors', '/app/x.ts')).toBeUndefined()
})
