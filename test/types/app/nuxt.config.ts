export default defineNuxtConfig({
  modules: ['../../../src/module'],
  compatibilityDate: '2026-11-01',
  auth: { protect: { match: { role: ['admin', 'editor'] } } },
})
