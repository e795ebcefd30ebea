export default defineNuxtConfig({
  modules: ['nuxt-authjs'],
  compatibilityDate: '2026-11-01',
  auth: { redirect: { home: '/account' } },
})
