/** What an app without this module, written in a hurry, looks like. The attacks must find what is wrong with it. */
export default defineNuxtConfig({
  routeRules: { '/swr': { cache: { swr: true, maxAge: 60 } }, '/swr/**': { cache: { swr: true, maxAge: 60 } } },
  compatibilityDate: '2026-11-01',
})
