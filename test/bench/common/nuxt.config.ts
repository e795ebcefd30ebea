// What every app of this comparison has: the same pages, routes and settings.
export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
})
