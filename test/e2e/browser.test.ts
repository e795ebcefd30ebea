import { createPage, getBrowser, url } from '@nuxt/test-utils/e2e'
import type { NuxtPage } from '@nuxt/test-utils/e2e'
import { afterAll, describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { startServer } from './server'
import type { Server } from './server'

await setupApp('browser', { browser: true })

type Context = ReturnType<NuxtPage['context']>
interface Result { ok: boolean, status: number, url: string | null, error: string | null, code: string | null, session?: { role: string, expires: string }, thrown?: number, data?: { data: unknown } }
type Page = Awaited<ReturnType<Context['newPage']>>

/** A page in a browser context of its own, with the requests that it sends to the module. */
async function open(path: string, context?: Context, base = url('/')): Promise<{ page: Page, asked: string[], context: Context }> {
  const own = context ?? await (await getBrowser()).newContext()
  const page = await own.newPage()
  const asked: string[] = []
  page.on('request', request => void (new URL(request.url()).pathname.startsWith('/api/auth/') && asked.push(`${request.method()} ${new URL(request.url()).pathname.slice('/api/auth/'.length)}`)))
  await page.goto(new URL(path, base).href)
  await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
  return { page, asked, context: own }
}

/** Calls a verb of `useAuth()` on the page. */
async function act(page: Page, action: 'signIn' | 'signOut' | 'update', ...args: unknown[]): Promise<Result> {
  await page.evaluate(async ({ action, args }) => {
    const { auth } = window as unknown as { auth: Record<string, (...args: unknown[]) => Promise<unknown>> }
    await auth.show!(() => auth[action]!(...args))
  }, { action, args })
  return JSON.parse(await page.locator('#outcome').textContent() ?? '') as Result
}

const enter = (page: Page, name = 'Ada', more: object = {}) => act(page, 'signIn', 'credentials', { name, password: 'right', redirect: false, ...more })
const shows = (page: Page, selector: string, text: string) => page.waitForFunction(([selector, text]) => document.querySelector(selector!)?.textContent?.trim() === text, [selector, text] as const)
const told = (page: Page) => page.evaluate(() => (window as unknown as { told: string[] }).told)

const servers: Server[] = []
afterAll(() => Promise.all(servers.map(server => server.stop())))

/** Serves the same build with another environment, and returns its origin. */
async function serve(env: Record<string, string>): Promise<string> {
  const server = await startServer(env)
  servers.push(server)
  return server.origin
}

describe('credentials, without a reload', () => {
  it('takes two requests, and the page has the session', async () => {
    const { page, asked } = await open('/')
    const before = Date.now()
    const result = await enter(page)
    process.stdout.write(`credentials sign-in: ${asked.join(', ')}; ${Date.now() - before} ms\n`)
    expect(result).toMatchObject({ ok: true, status: 200, session: { role: 'admin' } })
    await shows(page, '#name', 'Ada')
    expect(asked).toEqual(['GET csrf', 'POST signin/credentials'])
    expect(await page.locator('#store').textContent()).toBe('Hello Ada authenticated')
    expect(await told(page)).toEqual(['session Ada', 'sign-in admin'])
    await page.context().close()
  })

  it.each([
    ['a wrong password', { password: 'wrong' }, { status: 401, error: 'CredentialsSignin', code: 'credentials' }],
    ['createError in authorize', { name: 'Locked' }, { status: 403, error: 'CredentialsSignin', code: 'Account locked' }],
  ])('returns the result of %s, and keeps the current session', async (_, fields, refusal) => {
    const { page } = await open('/')
    await enter(page, 'Grace')
    expect(await enter(page, 'Ada', fields)).toMatchObject({ ok: false, ...refusal })
    expect(await page.locator('#name').textContent()).toBe('Grace')
    await page.context().close()
  })

  it('CCH-03 never puts a session into a cached page, even if the page asked for it while rendering: the browser asks', async () => {
    const { page, context } = await open('/')
    await enter(page)
    for (const html of [await (await fetch(url('/cached-asking'))).text(), await (await fetch(url('/cached-asking'))).text()]) {
      expect(html).toContain('id="asking"')
      expect(html).not.toContain('session')
    }
    const { page: cached, asked } = await open('/cached-asking', context)
    await shows(cached, '#asking', 'Ada')
    expect(asked).toEqual(['GET session'])
    await context.close()
  })

  it('links no lazy-loaded chunk in the page, and loads them before the user acts', async () => {
    const { context, page: former } = await open('/')
    await former.close()
    const page = await context.newPage()
    // The lazy-loaded chunks, each by a text that no other chunk contains.
    const chunks = ['x-auth-return-redirect', 'Service Unavailable'].map(text => page.waitForResponse(async response => response.url().endsWith('.js') && (await response.text()).includes(text)))
    const html = await (await page.goto(url('/')))!.text()
    // Headless Chromium draws no frames of a page that does not change, so that its idle callback may never run.
    await page.evaluate(() => requestAnimationFrame(function move() {
      requestAnimationFrame(move)
    }))
    for (const chunk of await Promise.all(chunks)) expect(html).not.toContain(new URL(chunk.url()).pathname)
    await page.waitForLoadState('networkidle')
    await page.route('**/_nuxt/**', route => route.abort())
    expect(await enter(page)).toMatchObject({ ok: true })
    await context.close()
  })

  it('goes from a guarded page to the sign-in page and back, with one page load', async () => {
    const { page, asked } = await open('/')
    let loads = 0
    page.on('request', request => void (request.isNavigationRequest() && loads++))
    await page.click('#to-member')
    await page.waitForURL(/\/login\?callbackUrl=\/member$/)
    await page.fill('[name=name]', 'Ada')
    await page.fill('[name=password]', 'wrong')
    await page.click('button')
    await shows(page, '#failure', '401 credentials')
    await page.fill('[name=password]', 'right')
    await page.click('button')
    await shows(page, '#secret', 'MEMBER-MARKER Ada admin')
    expect(loads).toBe(0)
    expect(asked.filter(request => request.endsWith('session'))).toEqual([])
    expect(await told(page)).toContain('redirect sign-in /member')
    await page.context().close()
  })
})

describe('the tabs of one user', () => {
  it('share a sign-in, an update and a sign-out, without further requests', async () => {
    const { page, asked, context } = await open('/')
    const other = await open('/', context)
    const member = await open('/login?callbackUrl=%2Fmember', context)
    await enter(page)
    await shows(other.page, '#name', 'Ada')
    expect(await act(page, 'update', { nickname: 'Countess' })).toMatchObject({ nickname: 'Countess' })
    await shows(other.page, '#nickname', 'Countess')
    await member.page.goto(url('/member'))
    await act(page, 'signOut', { redirect: false })
    await shows(other.page, '#status', 'unauthenticated')
    // The guarded page closes with the session.
    await member.page.waitForURL(/\/login\?callbackUrl=\/member$/)
    expect(await member.page.textContent('body')).not.toContain('MEMBER-MARKER')
    expect(other.asked).toEqual([])
    expect(asked).toEqual(['GET csrf', 'POST signin/credentials', 'GET csrf', 'POST session', 'GET csrf', 'POST signout'])
    expect(await told(page)).toEqual(['session Ada', 'sign-in admin', 'session Ada', 'update Countess', 'session none', 'sign-out'])
    await context.close()
  })

  it('keep an update after a reload: the cookie has it, too', async () => {
    const { page, context } = await open('/')
    await enter(page)
    await act(page, 'update', { nickname: 'Countess' })
    await page.reload()
    expect(await page.locator('#nickname').textContent()).toBe('Countess')
    await context.close()
  })
})

describe('update', () => {
  it('throws a 400 that names the refused field, and changes nothing', async () => {
    const { page, asked, context } = await open('/')
    await enter(page)
    const { thrown, data } = await act(page, 'update', { nickname: 'x'.repeat(21), role: 'CANARY' })
    expect(thrown).toBe(400)
    expect(data?.data).toEqual({ issues: [{ path: 'nickname', message: 'A text of 20 characters at most' }] })
    expect(JSON.stringify(data)).not.toContain('CANARY')
    expect(await page.locator('#name').textContent()).toBe('Ada')
    expect(asked.filter(request => request === 'POST session')).toHaveLength(1)
    await context.close()
  })
})

describe('an outage', () => {
  it('is not a sign-out: the session stays until the server can answer again', async () => {
    const { page, context } = await open('/')
    await enter(page)
    await context.setOffline(true)
    expect(await act(page, 'signOut', { redirect: false })).toMatchObject({ ok: false, status: 503, error: 'Unavailable' })
    expect(await enter(page, 'Grace')).toMatchObject({ ok: false, status: 503 })
    expect(await page.locator('#name').textContent()).toBe('Ada')
    await context.setOffline(false)
    expect(await act(page, 'signOut', { redirect: false })).toMatchObject({ ok: true })
    await shows(page, '#status', 'unauthenticated')
    await context.close()
  })
})

describe('the end of a session', () => {
  it('takes effect on time, without a request, and closes a guarded page', async () => {
    const base = await serve({ SESSION_MAX_AGE: '10' })
    const { page, asked, context } = await open('/', undefined, base)
    const { session } = await enter(page)
    asked.length = 0
    await shows(page, '#status', 'unauthenticated')
    // Never early. Timers are late on a busy machine.
    const late = await page.evaluate(() => (window as unknown as { endedAt: number }).endedAt) - Date.parse(session?.expires ?? '')
    expect([late >= 0, late < 2000]).toEqual([true, true])
    expect(asked).toEqual([])
    await enter(page)
    await page.click('#to-member')
    await page.waitForSelector('#secret')
    await page.waitForURL(/\/login\?callbackUrl=\/member$/)
    expect(await page.textContent('body')).not.toContain('MEMBER-MARKER')
    await context.close()
  })

  it('does not sign out if another request has renewed the cookie', async () => {
    const base = await serve({ SESSION_MAX_AGE: '10' })
    const { page, context } = await open('/', undefined, base)
    await enter(page)
    await page.click('#to-member')
    await page.waitForSelector('#secret')
    const { page: api } = await open('/', context, base)
    // Each of these requests renews the cookie without the page's knowledge.
    const renewing = setInterval(() => void api.evaluate(() => fetch('/api/auth/session')).catch(() => {}), 500)
    await page.waitForResponse(response => response.url().endsWith('/api/auth/session'))
    await page.waitForTimeout(300)
    clearInterval(renewing)
    expect(new URL(page.url()).pathname).toBe('/member')
    expect(await page.textContent('#secret')).toContain('Ada')
    await context.close()
  })

  it('CCH-09 never shows a guarded page by the back button after the sign-out', async () => {
    const { page, context } = await open('/')
    await enter(page)
    await page.goto(url('/member'))
    await page.click('#sign-out')
    await shows(page, '#status', 'unauthenticated')
    await page.goBack()
    await page.waitForURL(/\/login\?callbackUrl=/)
    expect(await page.textContent('body')).not.toContain('MEMBER-MARKER')
    await page.goto(url('/other'))
    await page.goBack()
    await page.waitForLoadState('networkidle')
    expect(await page.textContent('body')).not.toContain('MEMBER-MARKER')
    await context.close()
  })
})

describe('every rendering mode', () => {
  async function openSignedIn(path: string) {
    const visitor = new Visitor()
    await visitor.signIn({ name: 'Ada', password: 'right' })
    const context = await (await getBrowser()).newContext()
    await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value: decodeURIComponent(value), url: url('/') })))
    await context.addInitScript(() => {
      const shown: string[] = []
      Object.assign(window, { shown })
      new MutationObserver(() => shown.push(document.querySelector('#status')?.textContent ?? '')).observe(document, { childList: true, subtree: true, characterData: true })
    })
    return await open(path, context)
  }

  it('knows the session from the first byte: no flicker, no request, with Suspense, <ClientOnly> and a store', async () => {
    const { page, asked, context } = await openSignedIn('/')
    await shows(page, '#client-only', 'Ada')
    expect(await page.locator('#late').textContent()).toBe('Ada')
    expect(await page.locator('#store').textContent()).toBe('Hello Ada authenticated')
    expect([...new Set(await page.evaluate(() => (window as unknown as { shown: string[] }).shown))].filter(Boolean)).toEqual(['authenticated'])
    expect(asked).toEqual([])
    await context.close()
  })

  it('updates a page in <KeepAlive>', async () => {
    const { page, context } = await open('/')
    await page.click('#to-kept')
    await shows(page, '#kept', '1 unauthenticated nobody')
    await page.click('#home')
    await page.waitForSelector('#outcome', { state: 'attached' })
    await enter(page)
    await page.click('#to-kept')
    await shows(page, '#kept', '2 authenticated Ada')
    await context.close()
  })

  it('CCH-11 leaves a page for guests that was rendered for all users once it is hydrated, and renders the target without a mismatch', async () => {
    const { page: first, context } = await openSignedIn('/')
    await first.close()
    const logged: string[] = []
    context.on('console', message => void logged.push(message.text()))
    const { page } = await open('/cached-guest', context)
    await page.waitForURL(url('/'))
    await page.waitForFunction(() => document.querySelector('#outcome') !== null)
    const expected = await (await open('/', context)).page.locator('#__nuxt').textContent()
    expect(await page.locator('#__nuxt').textContent()).toBe(expected)
    expect(expected).not.toContain('GUEST-MARKER')
    expect(logged.filter(text => /hydrat/i.test(text))).toEqual([])
    await context.close()
  })

  it('asks once on a page that is cached for all users, and never before hydration', async () => {
    const { page, asked, context } = await openSignedIn('/cached')
    await shows(page, '#status', 'authenticated Ada')
    expect(asked).toEqual(['GET session'])
    expect([...new Set(await page.evaluate(() => (window as unknown as { shown: string[] }).shown.map(text => text.trim())))].filter(Boolean)).toEqual(['loading', 'authenticated Ada'])
    await context.close()
  })

  it('answers 401 if a component requires a session on a page without a guard', async () => {
    const response = await new Visitor().fetch('/required')
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('REQUIRED-MARKER')
    const { page, context } = await openSignedIn('/required')
    expect(await page.textContent('body')).toContain('REQUIRED-MARKER Ada')
    await context.close()
  })
})

describe('the redirect of a guard', () => {
  it('can be changed by the app\'s hook', async () => {
    const { page, context } = await open('/')
    await page.click('#to-rerouted')
    await page.waitForURL(/\/other\?callbackUrl=\/rerouted$/)
    await context.close()
  })
})

describe('callback URLs in a browser', () => {
  const hostile = ['https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example', 'javascript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', '/..//evil.example', '/%2e%2e//evil.example', 'blob:https://app.example/x', 'https://user:pw@evil.example/']
  it.each(hostile)('RED-07 never leaves the app for %j', async (callbackUrl) => {
    const { page, context } = await open('/')
    const dialogs: string[] = []
    page.on('dialog', dialog => void (dialogs.push(dialog.message()), dialog.dismiss()))
    await page.route(({ hostname }) => hostname === 'evil.example', route => route.abort())
    const abroad: string[] = []
    page.on('request', request => void (new URL(request.url()).origin !== new URL(url('/')).origin && abroad.push(request.url())))
    await page.evaluate(async callbackUrl => await (window as unknown as { auth: { signIn: (provider: string, options: object) => Promise<unknown> } }).auth.signIn('credentials', { name: 'Ada', password: 'right', callbackUrl }), callbackUrl)
    await page.waitForLoadState()
    await page.goto(url(`/login?${new URLSearchParams({ callbackUrl })}`))
    await page.waitForURL(url('/'))
    await page.waitForFunction(() => 'auth' in window)
    await page.evaluate(async callbackUrl => await (window as unknown as { auth: { signOut: (options: object) => Promise<unknown> } }).auth.signOut({ callbackUrl }), callbackUrl)
    await page.waitForLoadState()
    expect([abroad, dialogs, new URL(page.url()).origin]).toEqual([[], [], new URL(url('/')).origin])
    await context.close()
  })

  const active = ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)', ' javascript:alert(1)', '\u0001javascript:alert(1)', 'javascript://app.example/%0aalert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:msgbox(1)']
  it.each(active)('RED-09 never runs the callbackUrl %j of the app\'s own sign-in page, in a link or after the sign-in', async (callbackUrl) => {
    const { page, context } = await open(`/login?${new URLSearchParams({ callbackUrl })}`)
    const dialogs: string[] = []
    page.on('dialog', dialog => void (dialogs.push(dialog.message()), dialog.dismiss()))
    const link = page.locator('#back')
    const href = await link.evaluate(element => (element as HTMLAnchorElement).href)
    if (/^[a-z]+:/.test(href)) expect(new URL(href).protocol).toBe('http:')
    await link.evaluate(element => (element as HTMLAnchorElement).click())
    await page.goto(url(`/login?${new URLSearchParams({ callbackUrl })}`))
    await page.waitForFunction(() => (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)
    await page.fill('[name=name]', 'Ada')
    await page.fill('[name=password]', 'right')
    await page.click('button')
    await page.waitForURL(url('/'))
    await shows(page, '#status', 'authenticated')
    expect(dialogs).toEqual([])
    await context.close()
  })

  it('RED-08 never follows a response to another site, except to a provider', async () => {
    const { page, context } = await open('/')
    await page.route('**/api/auth/signin/credentials*', route => route.fulfill({ json: { ok: true, status: 200, url: 'https://evil.example/', error: null, code: null, session: { user: {}, expires: '2999-01-01T00:00:00.000Z' } } }))
    await page.route(({ hostname }) => hostname === 'evil.example', route => route.abort())
    await page.evaluate(async () => await (window as unknown as { auth: { signIn: (provider: string) => Promise<unknown> } }).auth.signIn('credentials'))
    await page.waitForLoadState()
    expect(page.url()).toBe(url('/'))
    await context.close()
  })
})

describe('a URL that the definition returned', () => {
  const refused = { ok: false, status: 403, error: 'AccessDenied', code: null }
  const signedIn = { ok: true, status: 200, error: null, code: null, session: { user: {}, expires: '2999-01-01T00:00:00.000Z' } }

  it.each([['/login?error=x', refused], ['https://tenant.example/dash', signedIn]])('is where the browser goes: %s', async (target, result) => {
    const { page, context } = await open('/')
    await page.route('**/api/auth/signin/credentials*', route => route.fulfill({ status: result.status, json: { ...result, url: new URL(target, url('/')).href, redirect: true } }))
    await page.route(({ hostname }) => hostname === 'tenant.example', route => route.fulfill({ body: 'TENANT' }))
    await page.evaluate(async () => await (window as unknown as { auth: { signIn: (provider: string) => Promise<unknown> } }).auth.signIn('credentials'))
    await page.waitForURL(new URL(target, url('/')).href)
    await context.close()
  })
})

// The other tests open their pages without the test utilities.
it('starts with a page of its own', async () => {
  const page = await createPage('/')
  expect(await page.locator('#status').textContent()).toBe('unauthenticated')
  await page.close()
})
