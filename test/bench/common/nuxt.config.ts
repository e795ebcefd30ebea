// Shared by every app in this comparison: pages, routes and settings.
export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
})
