export default defineNuxtConfig({
  modules: ['nuxt-authjs'],
  routeRules: { '/shared': { swr: 60 } },
  compatibilityDate: '2026-11-01',
  auth: { redirect: { home: '/account' } },
})
