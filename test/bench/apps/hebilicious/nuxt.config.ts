import { fileURLToPath } from 'node:url'

export default defineNuxtConfig({
  extends: ['../../common'],
  modules: ['@hebilicious/authjs-nuxt'],
  runtimeConfig: { authJs: { secret: '' }, public: { authJs: { baseUrl: '', verifyClientOnEveryRequest: false } } },
  // The module finds the version of @auth/core that it is made for, not the one of the neighbours.
  alias: { '@auth/core': fileURLToPath(new URL('node_modules/@auth/core', import.meta.url)) },
  nitro: { noExternals: true },
  authJs: { verifyClientOnEveryRequest: false },
})
