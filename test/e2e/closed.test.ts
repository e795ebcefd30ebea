import { url } from '@nuxt/test-utils/e2e'
import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { sendRawTo } from './raw.mjs'
import { toConfig, writeApp } from './temporary'
import { toVariants } from './variants.mjs'

await setupApp(writeApp({
  'nuxt.config.ts': toConfig(`{ redirect: { signIn: '/Enter' } }`, `routeRules: { '/**': { auth: true }, '/open': { auth: false } }`),
  'server/auth.ts': `export default defineAuth({ providers: [credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: '1', name }) })] })`,
  'server/api/x.get.ts': 'export default defineEventHandler(() => ({ marker: \'API-MARKER\' }))',
  'server/api/[...].ts': 'export default defineEventHandler(event => ({ marker: \'CATCHALL-MARKER\', path: event.path }))',
  'app.vue': '<template><NuxtPage /></template>',
  'pages/index.vue': '<template><p>HOME-MARKER</p></template>',
  'pages/open.vue': '<template><p>OPEN-MARKER</p></template>',
  'pages/enter.vue': '<script setup>definePageMeta({ auth: \'guest\' })</script><template><p>ENTER-MARKER</p></template>',
}))

describe('an app with one route rule that guards every path', () => {
  it('leaves only the sign-in routes open', async () => {
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

  it('GRD-22 never shows an anonymous user the response of a catch-all handler, in any spelling of an exempt path', async () => {
    const exempt = ['/api/auth/session', '/api/auth/signin/x', '/api/auth/callback/x', '/_nuxt/x', '/__nuxt_error', '/Enter']
    const foldings = exempt.flatMap(path => [path.toUpperCase(), path.replace(/[a-z](?=[^a-z]|$)/gi, letter => letter.toUpperCase())])
    const targets = new Set([...foldings, ...exempt.flatMap(path => toVariants(path))])
    let closed = 0
    for (const method of ['GET', 'POST']) {
      for (const target of targets) {
        const { status, body } = await sendRawTo(url('/'), target, { method, headers: { 'accept': 'application/json', 'content-length': '0' } })
        // The sign-in page itself is open.
        expect([target, body.replaceAll('ENTER-MARKER', '').includes('MARKER')]).toEqual([target, false])
        if (status === 401) closed++
      }
      for (const target of foldings.filter(target => !exempt.includes(target)))
        expect([target, (await sendRawTo(url('/'), target, { method, headers: { 'accept': 'application/json', 'content-length': '0' } })).status]).toEqual([target, 401])
    }
    expect(closed).toBeGreaterThan(300)
    expect(await (await new Visitor().fetch('/enter')).text()).toContain('ENTER-MARKER')
  })

  it('answers API requests with an error, and redirects a signed-in user away from the sign-in page', async () => {
    const response = await new Visitor().fetch('/api/x', { headers: { accept: 'text/html' } })
    expect([response.status, response.headers.get('location')]).toEqual([401, null])
    const ada = new Visitor()
    await ada.signIn({ name: 'Ada' })
    expect(await (await ada.fetch('/')).text()).toContain('HOME-MARKER')
    expect((await ada.fetch('/enter')).headers.get('location')).toBe('/')
  })
})
