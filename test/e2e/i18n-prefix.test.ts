import { createPage } from '@nuxt/test-utils/e2e'
import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { toConfig, writeApp } from './temporary'

const i18n = `i18n: { strategy: 'prefix', defaultLocale: 'en', detectBrowserLanguage: false, locales: [{ code: 'en' }, { code: 'de' }], customRoutes: 'config', pages: { login: { en: '/sign-in', de: '/anmelden' }, denied: { de: '/verboten' } } }`

await setupApp(writeApp({
  'nuxt.config.ts': toConfig(`{ redirect: { signIn: '/login', home: '/home' } }`, `routeRules: { '/de/**': {}, '/de/area/**': { auth: true }, '/en/area/**': { auth: true } }, ${i18n}`).replace('modules: [', 'modules: [\'@nuxtjs/i18n\', '),
  'server/auth.ts': `export default defineAuth({
    providers: [
      credentials({ credentials: { name: {} }, authorize: ({ name }) => name ? { id: '1', name } : null }),
      { id: 'idp', name: 'IdP', type: 'oauth', clientId: 'x', clientSecret: 'x', authorization: 'https://idp.example/authorize', token: 'https://idp.example/token', userinfo: 'https://idp.example/userinfo' },
    ],
    extend: { session: () => ({ role: 'member' }) },
  })`,
  'app.vue': '<template><NuxtPage /></template>',
  'pages/index.vue': '<script setup>const { signIn } = useAuth()</script><template><main><button id="sign-in" @click="signIn()">sign in</button> <NuxtLinkLocale id="member" to="/member">member</NuxtLinkLocale></main></template>',
  'pages/member.vue': '<script setup>definePageMeta({ auth: true })</script><template><p>MEMBER-MARKER</p></template>',
  'pages/admin.vue': '<script setup>definePageMeta({ auth: { match: { role: "admin" }, redirectTo: "/denied" } })</script><template><p>ADMIN-MARKER</p></template>',
  'pages/area.vue': '<template><p>AREA-MARKER</p></template>',
  'pages/denied.vue': '<template><p>DENIED-MARKER</p></template>',
  'pages/home.vue': '<template><p>HOME-MARKER</p></template>',
  'pages/login.vue': '<script setup>definePageMeta({ auth: "guest" })</script><template><p id="login">LOGIN-MARKER {{ $i18n.locale }}</p></template>',
}), { browser: true })

const target = (response: Response) => decodeURIComponent(new URL(response.headers.get('location') ?? '', 'http://app').href.replace(/^https?:\/\/[^/]*/, ''))

describe('an app whose paths all have a language prefix, and some a translated name', () => {
  it.each([
    ['/de/member', '/de/anmelden?callbackUrl=/de/member'],
    ['/en/member', '/en/sign-in?callbackUrl=/en/member'],
    ['/de/area', '/de/anmelden?callbackUrl=/de/area'],
    ['/en/area', '/en/sign-in?callbackUrl=/en/area'],
    ['/api/auth/signin?callbackUrl=/de/member', '/de/anmelden?callbackUrl=/de/member'],
  ])('redirects from %s to the sign-in page in that language: %s', async (path, page) => {
    const response = await new Visitor().fetch(path)
    expect([response.status, target(response)]).toEqual([302, page])
    expect((await new Visitor().fetch(page)).status).toBe(200)
  })

  it('keeps the language of a user who is signed in already, or may not enter', async () => {
    const ada = new Visitor()
    await ada.signIn({ name: 'Ada' })
    expect(target(await ada.fetch('/de/anmelden'))).toBe('/de/home')
    expect(target(await ada.fetch('/de/admin'))).toBe('/de/verboten')
    expect(target(await ada.fetch('/en/admin'))).toBe('/en/denied')
  })

  it.each([['/de/member', '/de/anmelden'], ['/en/member', '/en/sign-in']])('returns to the sign-in page in the language of %s after a sign-in that was cancelled at the provider', async (callbackUrl, page) => {
    const visitor = new Visitor()
    const { url } = await (await visitor.post('/api/auth/signin/idp', { callbackUrl })).json() as { url: string }
    const state = new URL(url).searchParams.get('state') ?? ''
    const response = await visitor.fetch(`/api/auth/callback/idp?${new URLSearchParams({ error: 'access_denied', state })}`)
    expect(target(response)).toMatch(`${page}?error=AccessDenied`)
  })

  it('returns there from a plain form with a wrong password', async () => {
    const visitor = new Visitor()
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    const send = (callbackUrl: string, headers: Record<string, string> = {}) => visitor.fetch('/api/auth/callback/credentials', { method: 'POST', body: new URLSearchParams({ csrfToken, name: '', callbackUrl }), headers })
    expect(target(await send('/de/member'))).toMatch(/^\/de\/anmelden\?error=CredentialsSignin/)
    expect(target(await send('/en/member'))).toMatch(/^\/en\/sign-in\?error=CredentialsSignin/)
  })

  it('does the same within the browser, by a guard and by signIn()', async () => {
    const page = await createPage('/de')
    for (const selector of ['#member', '#sign-in']) {
      await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
      await page.click(selector)
      await page.waitForSelector('#login')
      expect([new URL(page.url()).pathname, await page.textContent('#login')]).toEqual(['/de/anmelden', 'LOGIN-MARKER de'])
      await page.goBack()
      await page.waitForSelector('#sign-in')
    }
    await page.close()
  })
})
