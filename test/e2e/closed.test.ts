import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { toConfig, writeApp } from './temporary'

await setupApp(writeApp({
  'nuxt.config.ts': toConfig(`{ redirect: { signIn: '/Enter' } }`, `routeRules: { '/**': { auth: true }, '/open': { auth: false } }`),
  'server/auth.ts': `export default defineAuth({ providers: [credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: '1', name }) })] })`,
  'server/api/x.get.ts': 'export default defineEventHandler(() => ({ marker: \'API-MARKER\' }))',
  'app.vue': '<template><NuxtPage /></template>',
  'pages/index.vue': '<template><p>HOME-MARKER</p></template>',
  'pages/open.vue': '<template><p>OPEN-MARKER</p></template>',
  'pages/enter.vue': '<script setup>definePageMeta({ auth: \'guest\' })</script><template><p>ENTER-MARKER</p></template>',
}))

describe('an app whose every path is closed by one route rule', () => {
  it('leaves the way in open, and nothing else', async () => {
    const stranger = new Visitor()
    expect((await stranger.fetch('/')).headers.get('location')).toBe('/Enter?callbackUrl=%2F')
    const page = await (await stranger.fetch('/enter?callbackUrl=%2F')).text()
    expect(page).toContain('ENTER-MARKER')
    const [, script = ''] = /src="(\/_nuxt\/[^"]+\.js)"/.exec(page) ?? []
    expect((await stranger.fetch(script)).status).toBe(200)
    expect((await stranger.fetch('/api/auth/providers')).status).toBe(200)
    expect(await (await stranger.fetch('/open')).text()).toContain('OPEN-MARKER')
    for (const path of ['/api/x', '/api/auth/../x', '/_nuxt/../api/x', '/enter/../api/x', '/_nuxt/%2e%2e/api/x', '/__nuxt_error/../api/x'])
      expect(await (await stranger.fetch(path)).text()).not.toContain('API-MARKER')
  })

  it('answers an API with its error page, and closes the way in for whoever is in', async () => {
    const response = await new Visitor().fetch('/api/x', { headers: { accept: 'text/html' } })
    expect([response.status, response.headers.get('location')]).toEqual([401, null])
    const ada = new Visitor()
    await ada.signIn({ name: 'Ada' })
    expect(await (await ada.fetch('/')).text()).toContain('HOME-MARKER')
    expect((await ada.fetch('/enter')).headers.get('location')).toBe('/')
  })
})
