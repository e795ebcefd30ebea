export default defineNuxtConfig({
  extends: ['../../common'],
  modules: ['nuxt-authjs'],
  routeRules: { '/api/ruled': { auth: { match: { role: 'admin' } } } },
})
