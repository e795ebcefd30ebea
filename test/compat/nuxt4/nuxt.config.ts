export default defineNuxtConfig({
  modules: ['nuxt-authjs'],
  routeRules: { '/shared': { swr: 60 }, '/ruled/**': { auth: true }, '/api/ruled/**': { auth: { match: { role: 'admin' } } } },
  compatibilityDate: '2026-11-01',
  auth: { redirect: { home: '/account' } },
})
