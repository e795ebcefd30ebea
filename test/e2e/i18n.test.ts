import { createPage, url } from '@nuxt/test-utils/e2e'
import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { toConfig, writeApp } from './temporary'

const i18n = `i18n: { strategy: 'prefix_except_default', defaultLocale: 'en', detectBrowserLanguage: false, locales: [{ code: 'en' }, { code: 'de' }] }`

await setupApp(writeApp({
  'nuxt.config.ts': toConfig(`{ redirect: { signIn: '/login', home: '/home' } }`, `routeRules: { '/de/area/**': { auth: true }, '/area/**': { auth: true } }, ${i18n}`).replace('modules: [', 'modules: [\'@nuxtjs/i18n\', '),
  'server/auth.ts': `export default defineAuth({ providers: [credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: '1', name }) })], extend: { session: () => ({ role: 'member' }) } })`,
  'app.vue': '<template><NuxtPage /></template>',
  'pages/index.vue': '<script setup>const { locale } = useI18n()</script><template><main><p id="locale">{{ locale }}</p><NuxtLinkLocale id="member" to="/member">member</NuxtLinkLocale> <NuxtLink id="to-german" to="/de/member">german</NuxtLink></main></template>',
  'pages/member.vue': '<script setup>definePageMeta({ auth: true })</script><template><p>MEMBER-MARKER</p></template>',
  'pages/admin.vue': '<script setup>definePageMeta({ auth: { match: { role: "admin" }, redirectTo: "/denied" } })</script><template><p>ADMIN-MARKER</p></template>',
  'pages/area/index.vue': '<template><p>AREA-MARKER</p></template>',
  'pages/denied.vue': '<template><p>DENIED-MARKER</p></template>',
  'pages/home.vue': '<template><p>HOME-MARKER</p></template>',
  'pages/login.vue': '<script setup>definePageMeta({ auth: "guest" })</script><template><p>LOGIN-MARKER</p></template>',
}), { browser: true })

describe('an app in two languages', () => {
  it.each([
    ['/member', '/login?callbackUrl=/member'],
    ['/de/member', '/de/login?callbackUrl=/de/member'],
    ['/area', '/login?callbackUrl=%2Farea'],
    ['/de/area', '/de/login?callbackUrl=%2Fde%2Farea'],
  ])('redirects an anonymous user from %s to the sign-in page in their language: %s', async (path, target) => {
    expect(decodeURIComponent((await new Visitor().fetch(path)).headers.get('location') ?? '')).toBe(decodeURIComponent(target))
  })

  it('keeps the language of a user who is signed in already, or may not enter', async () => {
    const ada = new Visitor()
    await ada.signIn({ name: 'Ada' })
    expect((await ada.fetch('/de/login')).headers.get('location')).toBe('/de/home')
    expect((await ada.fetch('/login')).headers.get('location')).toBe('/home')
    expect((await ada.fetch('/de/admin')).headers.get('location')).toBe('/de/denied')
    expect(await (await ada.fetch('/de/member')).text()).toContain('MEMBER-MARKER')
  })

  it('opens the sign-in page without a redirect loop', async () => {
    const response = await new Visitor().fetch('/de/login?callbackUrl=/de/member')
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('LOGIN-MARKER')])
  })

  it.each(['/', '/de'])('does the same within the browser, from %s', async (from) => {
    const page = await createPage(from)
    await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
    await page.click('#member')
    await page.waitForFunction(prefix => location.pathname === `${prefix}/login`, from === '/' ? '' : from)
    expect(await page.textContent('body')).toContain('LOGIN-MARKER')
    await page.goto(url('/'))
    await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
    await page.click('#to-german')
    // The language of the requested page, not of the current one.
    await page.waitForFunction(() => location.pathname === '/de/login')
    await page.close()
  })
})
