import { getRandomPort } from 'get-port-please'
import { chromium } from 'playwright-core'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { resolveBrowser } from '../browser'
import { look } from './picture'
import { copyPlayground, startNuxt } from './temporary'

const open = ['/', '/login', '/provider', '/magic-link', '/outbox', '/passkey', '/pages', '/tabs', '/guards']
const closed = ['/', '/provider', '/magic-link', '/passkey', '/update', '/tabs', '/guards', '/account', '/admin']
const defaults = ['/api/auth/signin', '/api/auth/signin?error=CredentialsSignin', '/api/auth/signout', '/api/auth/verify-request', '/api/auth/error?error=Configuration']

const sizes = { phone: { width: 375, height: 800 }, desk: { width: 1280, height: 900 } }

// As on a new machine: no environment variable is set, and no other host is needed.
const port = await getRandomPort('127.0.0.1')
const server = startNuxt(['dev', copyPlayground(), '--port', String(port), '--no-fork'])
let output = ''
for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => output += String(chunk))
const site = (path: string) => `http://localhost:${port}${path}`
const browser = await chromium.launch({ executablePath: await resolveBrowser(), args: ['--no-sandbox', '--disable-gpu'] })

const problems: string[] = []
const external: string[] = []
// A browser logs every 4xx and 503. The playground shows some of them on purpose.
const isExpected = (text: string) => /the server responded with a status of (?:4\d\d|503)/.test(text)

async function openBrowser(options: Parameters<typeof browser.newContext>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(15_000)
  context.on('weberror', error => problems.push(error.error().stack ?? ''))
  context.on('console', message => ['error', 'warning'].includes(message.type()) && !isExpected(message.text()) && problems.push(`${message.page()?.url()} ${message.text()}`))
  context.on('request', request => /^https?:/.test(request.url()) && new URL(request.url()).hostname !== 'localhost' && external.push(request.url()))
  return context
}

/** Pages that are not Nuxt's have nothing to hydrate. */
const waitForHydration = (page: Page) => page.waitForFunction(() => !document.querySelector('#__nuxt') || (window as { useNuxtApp?: () => { isHydrating?: boolean } }).useNuxtApp?.().isHydrating === false)

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(site(path))
  await waitForHydration(page)
}

/** A button does nothing before hydration, and a provider redirects to a new page. */
async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  await button.waitFor()
  await waitForHydration(page)
  await button.click()
}

const waitForStatus = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const waitForText = (page: Page, text: string) => page.getByText(text).waitFor()
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { marker: true }))
const isMarked = (page: Page) => page.evaluate(() => 'marker' in window)

/** Checks a state that only a flow reaches. The pages themselves are checked below. */
async function expectReadable(page: Page, name: string): Promise<void> {
  const { violations, overflow } = await look(page, name)
  expect.soft({ violations, overflow }, name).toEqual({ violations: [], overflow: 0 })
}

async function signIn(page: Page, name = 'Ada', password = 'lovelace'): Promise<void> {
  await page.waitForURL(site('/login**'))
  await waitForHydration(page)
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Sign in')
}

async function openLink(page: Page, email: string): Promise<void> {
  await visit(page, '/magic-link')
  await page.getByLabel('Email').fill(email)
  await press(page, 'Send me a link')
  await waitForText(page, 'Check your email.')
  await visit(page, '/outbox')
  await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click()
  await waitForStatus(page, `Signed in as ${email}`)
}

beforeAll(async () => {
  await vi.waitFor(async () => expect((await fetch(site('/api/auth/session'))).status, output).toBe(200), { timeout: 90_000, interval: 250 })
  // The dev server finds a page's dependencies on its first request, and then reloads the page.
  const page = await browser.newPage()
  for (const path of [...open, '/admin']) await page.goto(site(path), { waitUntil: 'networkidle' })
  await page.close()
})
afterAll(async () => {
  await browser.close()
  server.kill()
})

describe('every flow of the playground', () => {
  let page: Page
  beforeAll(async () => void (page = await (await openBrowser({ viewport: sizes.phone })).newPage()))
  afterAll(() => page.context().close())

  it('password: a wrong one is refused, the right one signs in with two requests and no reload', async () => {
    await visit(page, '/login')
    await mark(page)
    await signIn(page, 'Ada', 'wrong')
    await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor()
    const asked: string[] = []
    page.on('request', request => request.url().includes('/api/auth/') && asked.push(new URL(request.url()).pathname))
    await signIn(page)
    await waitForStatus(page, 'Signed in as Ada')
    expect(asked).toEqual(['/api/auth/csrf', '/api/auth/signin/credentials'])
    expect(await isMarked(page)).toBe(true)
  })

  it('update: the server rejects a name with a reason, or accepts it', async () => {
    await visit(page, '/update')
    await page.getByLabel('Your name').fill('A')
    await press(page, 'Save')
    await page.getByRole('alert').filter({ hasText: 'A name has 2 to 20 letters.' }).waitFor()
    await expectReadable(page, 'flow-update-refused')
    await page.getByLabel('Your name').fill('Countess')
    await press(page, 'Save')
    await waitForStatus(page, 'Signed in as Countess')
    expect(await page.getByRole('alert').textContent()).toBe('')
  })

  it('tabs: changes in one tab show in the other without a request', async () => {
    await visit(page, '/tabs')
    const other = await page.context().newPage()
    await visit(other, '/tabs')
    const asked: string[] = []
    page.on('request', request => asked.push(request.url()))
    await press(other, 'Sign out')
    await waitForStatus(page, 'Signed out')
    await page.getByRole('list', { name: 'Hooks' }).getByText('auth:session null').waitFor()
    await expectReadable(page, 'flow-tabs')
    await other.getByRole('link', { name: 'Sign in', exact: true }).click()
    await signIn(other, 'Grace', 'hopper')
    await other.waitForURL(site('/tabs'))
    await waitForStatus(page, 'Signed in as Grace')
    expect(asked.filter(url => url.includes('/api/'))).toEqual([])
    expect(await other.getByRole('list', { name: 'Hooks' }).allInnerTexts()).toEqual([expect.stringContaining('auth:sign-in Grace')])
    await other.close()
  })

  it('tabs: a session expires to the second', async () => {
    await page.clock.install()
    await visit(page, '/tabs')
    await page.clock.fastForward('14:30')
    await waitForStatus(page, 'Signed in as Grace')
    await page.clock.fastForward('00:31')
    await waitForStatus(page, 'Signed out')
    await page.close()
    page = await (await openBrowser({ viewport: sizes.phone })).newPage()
  })

  it('guards: an anonymous user is sent to sign in and comes back, the wrong role gets 403', async () => {
    await visit(page, '/guards')
    await press(page, 'Request /api/admin/users')
    await page.getByLabel('/api/admin/users', { exact: true }).getByText('401').waitFor()
    await page.getByRole('link', { name: '/admin', exact: true }).click()
    await signIn(page, 'Grace', 'hopper')
    await waitForText(page, 'You don\'t have access to this page.')
    await expectReadable(page, 'flow-forbidden')
    await press(page, 'Back to the guards')
    await press(page, 'Request /api/admin/users')
    await page.getByLabel('/api/admin/users', { exact: true }).getByText('403').waitFor()
    await visit(page, '/provider')
    await press(page, 'Sign out')
    await waitForStatus(page, 'Signed out')
    await visit(page, '/admin')
    await signIn(page)
    await waitForText(page, 'Ada is an admin and can see all users.')
    await visit(page, '/provider')
    await press(page, 'Sign out')
    await waitForStatus(page, 'Signed out')
  })

  it('provider: signs in on the provider\'s page, and out of this app only', async () => {
    await visit(page, '/provider')
    await press(page, 'Go to the provider')
    await waitForText(page, 'Who are you?')
    await expectReadable(page, 'flow-provider')
    await press(page, 'Katherine Johnson')
    await waitForStatus(page, 'Signed in as Katherine Johnson')
    expect(page.url()).toBe(site('/provider'))
    await press(page, 'Sign out')
    await waitForStatus(page, 'Signed out')
    await press(page, 'Go to the provider')
    await waitForStatus(page, 'Signed in as Katherine Johnson')
  })

  it('provider: signs out everywhere, and the provider asks again who the user is', async () => {
    await press(page, 'Sign out everywhere')
    await waitForText(page, 'Sign out of Company?')
    await expectReadable(page, 'flow-provider-sign-out')
    await press(page, 'Sign out')
    await page.waitForURL(site('/provider'))
    await waitForStatus(page, 'Signed out')
    await press(page, 'Go to the provider')
    await press(page, 'Cancel')
    await page.getByRole('alert').filter({ hasText: 'cancelled' }).waitFor()
  })

  it('provider: a popup signs in without a reload of the page', async () => {
    await visit(page, '/provider')
    await mark(page)
    const [first] = await Promise.all([page.waitForEvent('popup'), press(page, 'Open it in a popup')])
    await waitForText(first, 'Who are you?')
    await expectReadable(first, 'flow-window')
    await first.close()
    await page.bringToFront()
    await page.getByRole('alert').filter({ hasText: 'The popup was closed.' }).waitFor()
    const [second] = await Promise.all([page.waitForEvent('popup'), press(page, 'Open it in a popup')])
    const closed = second.waitForEvent('close')
    await press(second, 'Alan Turing')
    await waitForStatus(page, 'Signed in as Alan Turing')
    await closed
    expect(await isMarked(page)).toBe(true)
    await press(page, 'Sign out')
    await waitForStatus(page, 'Signed out')
  })

  it('magic link: works once', async () => {
    await openLink(page, 'grace@app.example')
    await visit(page, '/outbox')
    await expectReadable(page, 'flow-outbox')
    await page.getByRole('listitem').filter({ hasText: 'grace@app.example' }).getByRole('link').click()
    await page.getByRole('alert').filter({ hasText: 'no longer valid' }).waitFor()
  })

  it('passkey: is added after a magic link, and then signs in alone', async () => {
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable')
    await session.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
    await visit(page, '/passkey')
    await press(page, 'Add a passkey')
    await waitForText(page, 'Passkey added. Sign out to try it.')
    await expectReadable(page, 'flow-passkey-added')
    await press(page, 'Sign out')
    await waitForStatus(page, 'Signed out')
    await press(page, 'Sign in with a passkey')
    await waitForStatus(page, 'Signed in as grace@app.example')
  })

  it('shows the source of each page', async () => {
    await visit(page, '/passkey')
    await page.getByText('pages/passkey.vue').click()
    await page.getByLabel('Source of pages/passkey.vue').getByText('await signIn(\'passkey\'').waitFor()
    await expectReadable(page, 'flow-source')
  })
})

describe.each(['light', 'dark'] as const)('every page in %s mode', (colorScheme) => {
  it.each(Object.entries(sizes))('fits a %s, and is accessible', { timeout: 150_000 }, async (size, viewport) => {
    const context = await openBrowser({ colorScheme, viewport, bypassCSP: true })
    const page = await context.newPage()
    const check = async (path: string, name: string) => {
      const { violations, passes, overflow, brightness, colours } = await look(page, `${name}${path.replace(/\W+/g, '-')}-${size}-${colorScheme}`)
      expect.soft({ path, violations, overflow }).toEqual({ path, violations: [], overflow: 0 })
      expect.soft(passes, path).toEqual(expect.arrayContaining(['color-contrast', 'document-title', 'html-has-lang', 'landmark-one-main', 'page-has-heading-one']))
      if (colorScheme === 'light') expect.soft(brightness, path).toBeGreaterThan(0.6)
      else expect.soft(brightness, path).toBeLessThan(0.3)
      expect.soft(colours, path).toBeGreaterThan(8)
    }
    for (const path of open) {
      await visit(page, path)
      await check(path, 'anonymous')
    }
    for (const path of defaults) {
      await page.goto(site(path))
      await check(path, 'default')
    }
    await visit(page, '/login')
    await signIn(page)
    await waitForStatus(page, 'Signed in as Ada')
    for (const path of closed) {
      await visit(page, path)
      await check(path, 'ada')
    }
    await context.close()
  })
})

describe('the playground', () => {
  it('logs no error or warning in the browser, hydration included', () => expect(problems).toEqual([]))
  it('sends no request to another host', () => expect(external).toEqual([]))
})
