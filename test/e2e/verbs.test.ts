import { getBrowser, url } from '@nuxt/test-utils/e2e'
import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'

await setupApp('browser', { browser: true })

async function signIn(): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.signIn({ name: 'Ada', password: 'right' })
  return visitor
}

/** The result of the verb, as the page shows it. */
function toResult(html: string): Record<string, unknown> {
  const [, text = '{}'] = /<pre id="result">(.*?)<\/pre>/s.exec(html) ?? []
  return JSON.parse(text.replaceAll('&quot;', '"')) as Record<string, unknown>
}

const names = (response: Response) => response.headers.getSetCookie().map(cookie => cookie.slice(0, cookie.indexOf('='))).sort()

describe('a verb that is called while a page renders on the server', () => {
  it.each([true, false])('never reports a sign-out without clearing the browser\'s cookie (CSRF cookie sent: %s)', async (isKnown) => {
    const visitor = await signIn()
    if (!isKnown) for (const name of visitor.cookies.keys()) if (name.includes('csrf')) visitor.cookies.delete(name)
    const response = await visitor.fetch('/verbs/leave')
    const html = await response.text()
    expect(toResult(html)).toMatchObject({ ok: true, status: 200 })
    expect(html).toContain('unauthenticated')
    expect(new Set(names(response)).size).toBe(names(response).length)
    expect(names(response)).toContain('authjs.session-token')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(await visitor.json('/api/auth/session')).toBeNull()
    expect((await visitor.fetch('/member')).headers.get('location')).toContain('/login')
  })

  it('signs out in a page\'s middleware, and redirects to its callbackUrl', async () => {
    const visitor = await signIn()
    const response = await visitor.fetch('/verbs/stop?how=sign-out')
    expect([response.status, new URL(response.headers.get('location') ?? '', 'http://x').pathname]).toEqual([302, '/other'])
    expect(await visitor.json('/api/auth/session')).toBeNull()
  })

  it.each(['false', 'result'])('redirects to the sign-in page from a middleware that returns %s', async (how) => {
    const response = await new Visitor().fetch(`/verbs/stop?how=${how}`, { signal: AbortSignal.timeout(5000) })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/login?callbackUrl=%2Fmember%3Ftab%3D1'])
  })

  it('sends the cookies of a sign-in, an update and a CSRF token once each, in a private response', async () => {
    const visitor = new Visitor()
    const response = await visitor.fetch('/verbs/enter')
    const html = await response.text()
    const { ok, nickname, csrfToken } = toResult(html)
    expect([ok, nickname]).toEqual([true, 'Countess'])
    expect(names(response)).toEqual([...new Set(names(response))])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(await visitor.json('/api/auth/session')).toMatchObject({ user: { name: 'Ada' }, nickname: 'Countess' })
    expect(await visitor.json('/api/auth/csrf')).toEqual({ csrfToken })
  })

  it('never signs out for another site that opens the page', async () => {
    const visitor = await signIn()
    const response = await visitor.fetch('/verbs/leave', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(toResult(await response.text())).toMatchObject({ ok: false, status: 403 })
    expect(await visitor.json('/api/auth/session')).toMatchObject({ user: { name: 'Ada' } })
  })

  it('never stores a cookie with a page that is rendered for all users: the verb fails with a code', async () => {
    const visitor = await signIn()
    for (const _ of [1, 2]) {
      const response = await visitor.fetch('/verbs/cached-leave')
      expect(toResult(await response.text())).toEqual({ ok: false, status: 500, url: null, error: 'Unavailable', code: 'AUTH_A001' })
      expect(names(response)).toEqual([])
    }
    expect(await visitor.json('/api/auth/session')).toMatchObject({ user: { name: 'Ada' } })
  })
})

/** A hydrated page in a browser context of its own, with its console warnings and the cookies of `visitor`. */
async function open(path: string, visitor = new Visitor()) {
  const context = await (await getBrowser()).newContext()
  await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value: decodeURIComponent(value), url: url('/') })))
  const page = await context.newPage()
  const warnings: string[] = []
  page.on('console', message => void (['warning', 'error'].includes(message.type()) && warnings.push(message.text())))
  await page.goto(url(path))
  await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
  /** Follows a link within the app. */
  const go = (to: string) => page.evaluate(to => void (window as unknown as { useNuxtApp: () => { $router: { push: (to: string) => unknown } } }).useNuxtApp().$router.push(to), to)
  return { page, warnings, go, close: () => context.close() }
}

describe('a verb in a route middleware, during a navigation in the browser', () => {
  it.each(['false', 'result'])('goes to the sign-in page if the middleware returns %s', async (how) => {
    const { page, warnings, go, close } = await open('/')
    await go(`/verbs/stop?how=${how}`)
    await page.waitForURL(to => to.pathname === '/login' && to.searchParams.get('callbackUrl') === '/member?tab=1')
    await page.waitForSelector('[name=password]')
    await page.waitForTimeout(200)
    expect([new URL(page.url()).pathname, await page.textContent('body'), warnings]).toEqual(['/login', expect.not.stringContaining('STOP-MARKER'), []])
    // The next navigation works as usual.
    await go('/other')
    await page.waitForSelector('#other')
    await close()
  })

  it('signs in there and goes on', async () => {
    const { page, warnings, go, close } = await open('/')
    await go('/verbs/stop?how=credentials')
    await page.waitForSelector('#secret')
    expect([new URL(page.url()).search, warnings]).toEqual(['?tab=1', []])
    await close()
  })

  it('signs out there and goes to its callbackUrl', async () => {
    const { page, warnings, go, close } = await open('/', await signIn())
    await go('/verbs/stop?how=sign-out')
    await page.waitForSelector('#other')
    await page.waitForTimeout(200)
    expect([new URL(page.url()).pathname, warnings]).toEqual(['/other', []])
    await close()
  })
})

describe('a target that is not a page of the router', () => {
  it.each([
    ['a file', '/internal/report.html', 'REPORT-MARKER'],
    ['a server route', '/internal/data', 'ROUTE-MARKER'],
    ['a proxied path', '/internal/proxied', 'FILE-MARKER'],
  ])('is opened after the sign-in that it required: %s', async (_, path, marker) => {
    const { page, close } = await open(path)
    expect(new URL(page.url()).pathname).toBe('/login')
    await page.fill('[name=name]', 'Ada')
    await page.fill('[name=password]', 'right')
    await page.click('button')
    await page.waitForURL(url(path))
    expect(await page.textContent('body')).toContain(marker)
    await close()
  })

  it('is opened after a sign-out, and by a rule\'s redirectTo', async () => {
    const grace = new Visitor()
    await grace.signIn({ name: 'Grace', password: 'right' })
    expect((await grace.fetch('/verbs/admin')).headers.get('location')).toBe('/files/page.html')
    const { page, go, close } = await open('/', grace)
    await go('/verbs/admin')
    await page.waitForURL('**/files/page.html')
    expect(await page.textContent('body')).toContain('FILE-MARKER')
    await page.goto(url('/'))
    await page.waitForFunction(() => 'auth' in window)
    await page.evaluate(() => void (window as unknown as { auth: { signOut: (options: object) => unknown } }).auth.signOut({ callbackUrl: '/files/page.html' }))
    await page.waitForURL('**/files/page.html')
    expect(await page.textContent('body')).toContain('FILE-MARKER')
    await close()
  })
})

describe('a sign-in form that is sent before the page is interactive', () => {
  it('signs in, and returns to the form with the error, without JavaScript', async () => {
    const context = await (await getBrowser()).newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(url('/member'))
    for (const password of ['wrong', 'right']) {
      expect(new URL(page.url()).pathname).toBe('/login')
      await page.fill('[name=name]', 'Ada')
      await page.fill('[name=password]', password)
      await page.click('button')
      if (password === 'wrong') expect((await page.textContent('#failure'))?.trim()).toBe('CredentialsSignin')
    }
    expect([new URL(page.url()).pathname, await page.textContent('#secret')]).toEqual(['/member', expect.stringContaining('MEMBER-MARKER Ada')])
    await context.close()
  })
})
