import { createPage, url } from '@nuxt/test-utils/e2e'
import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'

await setupApp('guards', { browser: true })

/** A page of a user that records its requests, its console errors and every text that it shows. */
async function openTab(path: string, name?: string, role = 'member') {
  const page = await createPage()
  const asked: string[] = []
  const logged: string[] = []
  page.on('request', request => void asked.push(new URL(request.url()).pathname))
  page.on('console', message => void (message.type() === 'error' && logged.push(message.text())))
  await page.addInitScript(() => {
    const { fetch } = window
    const hydrating: unknown[] = []
    Object.assign(window, { hydrating })
    window.fetch = (...args) => {
      if (String(args[0]).endsWith('/api/auth/session')) hydrating.push((window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating)
      return fetch(...args)
    }
    const shown: string[] = Reflect.set(window, 'shown', []) ? Reflect.get(window, 'shown') as string[] : []
    new MutationObserver(() => shown.push(document.body?.textContent ?? '')).observe(document, { childList: true, subtree: true, characterData: true })
  })
  if (name) {
    const visitor = new Visitor()
    await visitor.signIn({ name, role })
    await page.context().addCookies([...visitor.cookies].map(([name, value]) => ({ name, value: decodeURIComponent(value), url: url('/') })))
  }
  await page.goto(url(path))
  await page.waitForFunction(() => Boolean((window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp) && !(window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating)
  return { page, asked, logged, shown: async () => (await page.evaluate(() => Reflect.get(window, 'shown') as string[])).join('\n') }
}

const sessions = (asked: string[]) => asked.filter(path => path === '/api/auth/session').length

describe('navigation in the browser', () => {
  it.each(['#to-admin', '#to-rules', '#to-parent'])('%s redirects an anonymous user to the sign-in page, without a flash of the target', async (link) => {
    const { page, shown } = await openTab('/')
    await page.click(link)
    await page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/)
    expect(await shown().catch(() => '')).not.toMatch(/MARKER/)
    expect(new URL(page.url()).searchParams.get('callbackUrl')).toMatch(/^\/(?:admin|rules|parent)\//)
    await page.close()
  })

  it('shows a 403 to a user whom the rule excludes, without a flash of the page and without a request', async () => {
    const { page, asked, shown } = await openTab('/', 'Grace')
    await page.click('#to-admin')
    await page.waitForFunction(() => document.body.textContent?.includes('403'))
    expect(await shown()).not.toContain('ADMIN-MARKER')
    expect(sessions(asked)).toBe(0)
    await page.close()
  })

  it('opens a page for a user whom the rule admits, without a request', async () => {
    const { page, asked } = await openTab('/', 'Ada', 'admin')
    await page.click('#to-admin')
    await page.waitForFunction(() => document.body.textContent?.includes('ADMIN-MARKER'))
    expect(sessions(asked)).toBe(0)
    await page.close()
  })

  it('leaves a guarded page as soon as its user signs out there', async () => {
    const { page } = await openTab('/spa/secret', 'Grace')
    await page.waitForFunction(() => document.body.textContent?.includes('SPA-MARKER authenticated'))
    await page.evaluate(() => void (window as unknown as { useNuxtApp: () => { $signOut: () => unknown } }).useNuxtApp().$signOut())
    await page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/)
    await page.close()
  })
})

describe('after a sign-out', () => {
  it('CCH-09 never shows a guarded page when the user goes back', async () => {
    const { page } = await openTab('/admin/secret', 'Ada', 'admin')
    await page.waitForFunction(() => document.body.textContent?.includes('ADMIN-MARKER'))
    await page.evaluate(async () => {
      const { csrfToken } = await (await fetch('/api/auth/csrf')).json() as { csrfToken: string }
      await fetch('/api/auth/signout', { method: 'POST', headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1' }, body: JSON.stringify({ csrfToken }) })
    })
    // A full request and back: the browser's back/forward cache would still show the page.
    await page.goto(url('/api/auth/error'))
    await page.goBack()
    await page.waitForURL(/\/api\/auth\/signin/)
    expect(await page.content()).not.toContain('ADMIN-MARKER')
    await page.close()
  })
})

describe('pages that were rendered for all users', () => {
  it.each(['/prerendered', '/swr/state'])('%s shows its placeholder, asks once after hydration and gets the session, without a mismatch', async (path) => {
    const { page, asked, logged, shown } = await openTab(path, 'Ada', 'admin')
    await page.waitForFunction(() => document.querySelector('#state')?.textContent?.includes('authenticated Ada'))
    expect(await shown()).toContain('placeholder')
    expect(sessions(asked)).toBe(1)
    expect(logged).toEqual([])
    expect(await page.evaluate(() => Reflect.get(window, 'hydrating') as unknown)).toEqual([false])
    await page.close()
  })

  it('end up unauthenticated for an anonymous user', async () => {
    const { page, asked } = await openTab('/prerendered')
    await page.waitForFunction(() => document.querySelector('#state')?.textContent?.includes('unauthenticated'))
    expect(sessions(asked)).toBe(1)
    await page.close()
  })
})
