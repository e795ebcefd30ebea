export default defineNuxtConfig({
  // In your own app: `modules: ['nuxt-authjs']`
  modules: ['../src/module'],
  // No overlay on top of the pages.
  devtools: { enabled: false },
  app: {
    head: {
      title: 'nuxt-authjs',
      htmlAttrs: { lang: 'en' },
      meta: [
        { name: 'description', content: 'Auth.js for Nuxt: the session extended in one typed file.' },
        { name: 'color-scheme', content: 'light dark' },
      ],
      link: [{ rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }],
    },
  },
  css: ['~/assets/main.css'],
  routeRules: { '/api/admin/**': { auth: { match: { role: 'admin' } } } },
  compatibilityDate: '2026-11-01',
  telemetry: false,
  auth: { redirect: { signIn: '/login', home: '/account' } },
})
