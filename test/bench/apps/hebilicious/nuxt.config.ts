import { fileURLToPath } from 'node:url'

export default defineNuxtConfig({
  extends: ['../../common'],
  modules: ['@hebilicious/authjs-nuxt'],
  runtimeConfig: { authJs: { secret: '' }, public: { authJs: { baseUrl: '', verifyClientOnEveryRequest: false } } },
  // Resolves @auth/core to the version that this module supports, not to that of the other apps.
  alias: { '@auth/core': fileURLToPath(new URL('node_modules/@auth/core', import.meta.url)) },
  nitro: { noExternals: true },
  authJs: { verifyClientOnEveryRequest: false },
})
