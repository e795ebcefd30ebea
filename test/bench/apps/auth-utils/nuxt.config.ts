export default defineNuxtConfig({
  extends: ['../../common'],
  modules: ['nuxt-auth-utils'],
  runtimeConfig: { session: { cookie: { secure: false } } },
})
