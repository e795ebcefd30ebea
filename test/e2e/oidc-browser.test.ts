import { createPage, getBrowser, url } from '@nuxt/test-utils/e2e'
import type { NuxtPage } from '@nuxt/test-utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setupApp } from './app'
import { startCertifiedProvider } from './certified-provider.mjs'

const provider = await startCertifiedProvider('client-secret-of-certified')
const variables = (id: string) => ({ [`AUTH_${id}_ID`]: 'app', [`AUTH_${id}_SECRET`]: 'client-secret-of-certified', [`AUTH_${id}_ISSUER`]: provider.issuer })
await setupApp('oidc', { browser: true, env: { ...variables('CERTIFIED'), ...variables('ALPHA'), ...variables('BETA'), AUTH_PLAIN_ID: 'app', AUTH_PLAIN_SECRET: 'x' } })

// All tests share one user and one page, in order.
let page: NuxtPage
let asked: URL | undefined

beforeAll(async () => {
  provider.serve(new URL(url('/')).origin)
  page = await createPage()
  page.setDefaultTimeout(15_000)
  // The provider's pages load a font from another site.
  await page.route(/googleapis/, route => route.abort())
  page.on('request', request => request.url().startsWith(`${provider.issuer}/auth?`) && (asked = new URL(request.url())))
})
afterAll(() => provider.stop())

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
const waitForStatus = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const open = () => page.goto(url('/'), { waitUntil: 'hydration' })

async function giveName(name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name)
  await page.getByPlaceholder('and password').fill('any')
  await press('Sign-in')
}

describe('a certified provider, in a browser', () => {
  it('signs in through its own pages with the user\'s consent, and returns to the app', async () => {
    await open()
    await waitForStatus('Signed out')
    await press('Sign in')
    await giveName('ada')
    await press('Continue')
    await page.waitForURL(url('/?back'))
    await waitForStatus('Signed in as ada of certified')
    expect(Object.fromEntries(asked?.searchParams ?? [])).toMatchObject({ client_id: 'app', login_hint: 'ada', code_challenge_method: 'S256', nonce: expect.any(String), state: expect.any(String) })
  })

  it('never sends the provider\'s tokens to the browser', async () => {
    const { keys, ...lengths } = await page.evaluate(async () => await (await fetch('/api/token')).json() as { keys: string[] })
    expect(keys).toEqual(expect.arrayContaining(['accessToken', 'federatedSignOut']))
    expect(lengths).toMatchObject({ accessToken: expect.any(Number) })
    expect(await page.evaluate(async () => await (await fetch('/api/auth/session')).json())).toEqual({ user: { name: 'ada of the provider', email: 'ada@app.example' }, uid: 'ada', provider: 'certified', isVerified: true, expires: expect.any(String) })
    expect(await page.evaluate(() => document.cookie)).not.toMatch(/session|state|nonce|pkce/)
  })

  it('keeps its own session if the user signs out of the app only', async () => {
    await press('Sign out')
    await waitForStatus('Signed out')
    const before = provider.calls.length
    const start = performance.now()
    await press('Sign in')
    await waitForStatus('Signed in as ada')
    const elapsed = Math.round(performance.now() - start)
    // Discovery before the redirect; discovery, token and userinfo in the callback. The keys are cached by now.
    expect(provider.calls.slice(before)).toEqual(['/.well-known/openid-configuration', '/.well-known/openid-configuration', '/token', '/me'])
    expect(elapsed).toBeLessThan(5_000)
  })

  it('asks for a sign-in again after a federated sign-out', async () => {
    await press('Sign out everywhere')
    await press('Yes, sign me out')
    await page.waitForURL(url('/'))
    await waitForStatus('Signed out')
    await press('Sign in')
    await page.getByPlaceholder('Enter any login').waitFor()
  })

  it('shows an error to a user who denies consent, and lets them try again', async () => {
    await giveName('grace')
    await page.getByRole('link', { name: /Cancel/ }).click()
    await page.waitForURL(url('/api/auth/signin?error=AccessDenied'))
    expect((await page.context().cookies()).map(({ name }) => name).filter(name => /^authjs.*(?:state|nonce|pkce|session)/.test(name))).toEqual([])
    await open()
    await waitForStatus('Signed out')
    await press('Sign in')
    await press('Continue')
    await waitForStatus('Signed in as grace of certified')
  })
})

type Page = Awaited<ReturnType<ReturnType<NuxtPage['context']>['newPage']>>

describe('a sign-in window', () => {
  async function openWindow(): Promise<{ opener: Page, popup: Page, loads: () => number }> {
    const context = await (await getBrowser()).newContext()
    const opener = await context.newPage()
    await context.route(/googleapis/, route => route.abort())
    await opener.goto(url('/'))
    await opener.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
    let loads = 0
    opener.on('request', request => void (request.isNavigationRequest() && request.frame() === opener.mainFrame() && loads++))
    const [popup] = await Promise.all([context.waitForEvent('page'), opener.getByRole('button', { name: 'Sign in here' }).click()])
    return { opener, popup, loads: () => loads }
  }

  it('signs in at the provider, closes itself, and updates the page that opened it', async () => {
    const { opener, popup, loads } = await openWindow()
    await popup.getByPlaceholder('Enter any login').fill('ada')
    await popup.getByPlaceholder('and password').fill('any')
    await popup.getByRole('button', { name: 'Sign-in' }).click()
    const closed = popup.waitForEvent('close')
    await popup.getByRole('button', { name: 'Continue' }).click()
    await closed
    await opener.getByRole('status').filter({ hasText: 'Signed in as ada of certified' }).waitFor()
    expect([await opener.locator('#outcome').textContent(), loads()].map(String).map(text => text.trim())).toEqual(['complete', '0'])
    await opener.context().close()
  })

  it('notifies the page when the user closes it', async () => {
    const { opener, popup } = await openWindow()
    await popup.getByPlaceholder('Enter any login').waitFor()
    await popup.close()
    await opener.bringToFront()
    await opener.locator('#outcome').filter({ hasText: 'PopupClosed' }).waitFor()
    await opener.getByRole('status').filter({ hasText: 'Signed out' }).waitFor()
    await opener.context().close()
  })
})
