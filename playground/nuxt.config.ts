export default defineNuxtConfig({
  // In an app of yours: `modules: ['nuxt-authjs']`
  modules: ['../src/module'],
  css: ['~/assets/main.css'],
  compatibilityDate: '2026-11-01',
  auth: { redirect: { signIn: '/login', home: '/account' } },
})
