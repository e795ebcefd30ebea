export default defineNuxtConfig({
  extends: ['../../common'],
  modules: ['@sidebase/nuxt-auth'],
  auth: { originEnvKey: 'AUTH_URL', baseURL: '/api/auth', provider: { type: 'authjs' } },
})
