import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createPage, url } from '@nuxt/test-utils/e2e'
import type { NuxtPage } from '@nuxt/test-utils'
import { afterAll, describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { findForms, toBytes } from './canary'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// A provider on another origin, where every user cancels.
const idp = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://idp')
  response.writeHead(302, { location: `${searchParams.get('redirect_uri')}?${new URLSearchParams({ error: 'access_denied', error_description: '<script>alert(1)</script>', state: searchParams.get('state') ?? '' })}` }).end()
})
await new Promise<void>(resolve => idp.listen(0, '127.0.0.1', resolve))
afterAll(() => void idp.close())

// A passkey needs a host name, not an IP address, so browsers use localhost.
await setupApp('pages', { browser: true, env: { AUTH_URL: '', AUTH_TRUST_HOST: 'true', IDP_URL: `http://127.0.0.1:${(idp.address() as AddressInfo).port}` } })
const site = (path: string) => url(path).replace('127.0.0.1', 'localhost')

const problems: string[] = []

/** A page in a new browser context; `variant` selects the definition. */
async function open(options: Parameters<typeof createPage>[1] = {}, variant = ''): Promise<NuxtPage> {
  const page = await createPage(undefined, options)
  page.setDefaultTimeout(10_000)
  page.on('pageerror', error => problems.push(error.message))
  page.on('dialog', dialog => problems.push(dialog.message()))
  page.on('console', message => /Content.Security.Policy|hydrat/i.test(message.text()) && problems.push(message.text()))
  if (variant) await page.context().addCookies([{ name: 'variant', value: variant, url: site('/') }])
  return page
}

async function fillIn(page: NuxtPage, name: string, password: string) {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
}

/** The passkey form has an email field, too. */
const fillInEmail = (page: NuxtPage, email: string) => page.locator('form[action$="/signin/mail"]').getByLabel('Email').fill(email)
const press = (page: NuxtPage, name: string) => page.getByRole('button', { name, exact: true }).click()
const waitForStatus = (page: NuxtPage, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const getHidden = (page: NuxtPage, name: string) => page.locator(`form[action*="credentials"] input[name=${name}]`).getAttribute('value')

async function signIn(page: NuxtPage, name = 'Ada') {
  await page.goto(site('/api/auth/signin?callbackUrl=/account'))
  await fillIn(page, name, 'right')
  await press(page, 'Sign in')
  await waitForStatus(page, `Signed in as ${name}`)
}

describe.each([['with JavaScript', true], ['without JavaScript', false]])('the default pages %s', (_, javaScriptEnabled) => {
  it('sign in, and return to the requested page', async () => {
    const page = await open({ javaScriptEnabled })
    await page.goto(site('/account'))
    expect(new URL(page.url()).pathname).toBe('/api/auth/signin')
    expect(await page.locator(':focus').getAttribute('name')).toBe('name')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Tab')
    await page.keyboard.type('right')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await waitForStatus(page, 'Signed in as Ada')
    expect(page.url()).toBe(site('/account'))
    await page.close()
  })

  it('refuse a wrong password with 401 and a message, and keep the name and the callback URL, never the password', async () => {
    const page = await open({ javaScriptEnabled })
    await page.goto(site('/account'))
    await fillIn(page, 'Ada', 'wrong')
    const [answer] = await Promise.all([page.waitForResponse(response => new URL(response.url()).pathname === '/api/auth/signin'), press(page, 'Sign in')])
    expect(answer.status()).toBe(401)
    await page.getByRole('alert').filter({ hasText: 'The sign-in failed' }).waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe('Ada')
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    expect(await page.locator(':focus').getAttribute('name')).toBe('password')
    expect(page.url()).not.toMatch(/Ada|wrong/)
    await page.keyboard.type('right')
    await page.keyboard.press('Enter')
    await waitForStatus(page, 'Signed in as Ada')
    expect(page.url()).toBe(site('/account'))
    await page.close()
  })

  it('report an outage with 503, not as a refused sign-in', async () => {
    const page = await open({ javaScriptEnabled })
    await page.goto(site('/api/auth/signin?callbackUrl=/account'))
    await fillIn(page, 'outage', 'x')
    const [answer] = await Promise.all([page.waitForResponse(response => new URL(response.url()).pathname === '/api/auth/error'), press(page, 'Sign in')])
    expect([answer.status(), answer.headers()['retry-after']]).toEqual([503, '30'])
    await page.getByRole('alert').filter({ hasText: 'If you were signed in, you still are.' }).waitFor()
    await page.getByRole('link', { name: 'Back to sign-in' }).click()
    expect(await getHidden(page, 'callbackUrl')).toBe('/account')
    await page.close()
  })

  it('sign out after a confirmation, and not before', async () => {
    const page = await open({ javaScriptEnabled })
    await signIn(page)
    await page.goto(site('/api/auth/signout'))
    await page.getByRole('link', { name: 'Cancel' }).click()
    await waitForStatus(page, 'Signed in as Ada')
    await page.goto(site('/api/auth/signout'))
    await press(page, 'Sign out')
    await waitForStatus(page, 'Signed out')
    expect(page.url()).toBe(site('/'))
    await page.close()
  })

  it('send a magic link that signs in once', async () => {
    const page = await open({ javaScriptEnabled })
    const email = `ada-${javaScriptEnabled}@app.example`
    await page.goto(site('/api/auth/signin?callbackUrl=/account'))
    await fillInEmail(page, email)
    await press(page, 'Send me a sign-in link')
    await page.getByRole('heading', { name: 'Check your email' }).waitFor()
    const { url: link } = await new Visitor().json<{ url: string }>(`/api/outbox?email=${email}`)
    await page.goto(link)
    await waitForStatus(page, `Signed in as ${email}`)
    expect(page.url()).toBe(site('/account'))
    await page.goto(link)
    await page.getByRole('alert').filter({ hasText: 'This link is no longer valid' }).waitFor()
    await page.close()
  })

  it('report that a magic link could not be sent', async () => {
    const page = await open({ javaScriptEnabled })
    await page.goto(site('/api/auth/signin'))
    await fillInEmail(page, 'broken@app.example')
    await press(page, 'Send me a sign-in link')
    await page.getByRole('alert').filter({ hasText: 'The service is temporarily unavailable' }).waitFor()
    expect(await page.content()).not.toContain('CANARY')
    await page.close()
  })

  it('go to a provider on another origin, and report that the user cancelled there', async () => {
    const page = await open({ javaScriptEnabled })
    await page.goto(site('/api/auth/signin?callbackUrl=/account'))
    await press(page, 'Sign in with Example')
    await page.getByRole('alert').filter({ hasText: 'The sign-in was cancelled' }).waitFor()
    expect(await getHidden(page, 'callbackUrl')).toBe('/account')
    await page.close()
  })
})

describe('passkeys', () => {
  it('sign up and sign in without code in the app', async () => {
    const page = await open({}, 'passkeys')
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable')
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
    await page.goto(site('/api/auth/signin?callbackUrl=/account'))
    await page.getByLabel('Email', { exact: true }).fill('grace@app.example')
    await press(page, 'Sign in with a passkey')
    await waitForStatus(page, 'Signed in as grace@app.example')
    expect(page.url()).toBe(site('/account'))
    expect((await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials).toHaveLength(1)

    // First from the autofill list, then by the button alone.
    for (const isAutofill of [true, false]) {
      await page.goto(site('/api/auth/signout'))
      await press(page, 'Sign out')
      await waitForStatus(page, 'Signed out')
      if (!isAutofill) await page.addInitScript(() => Object.assign(PublicKeyCredential, { isConditionalMediationAvailable: undefined }))
      await page.goto(site('/api/auth/signin?callbackUrl=/account'))
      if (!isAutofill) await press(page, 'Sign in with a passkey')
      await waitForStatus(page, 'Signed in as grace@app.example')
      expect(page.url()).toBe(site('/account'))
    }
    await page.close()
  })

  it('never are verified against the challenge of an earlier request', async () => {
    const page = await open({}, 'passkeys')
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable')
    await session.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
    let release = () => {}
    const released = new Promise<void>(resolve => release = resolve)
    await page.route('**/webauthn-options/**action=authenticate', async (route) => {
      await released
      await route.continue()
    })
    await page.goto(site('/api/auth/signin?callbackUrl=/account'))
    await page.getByLabel('Email', { exact: true }).fill('late@app.example')
    await press(page, 'Sign in with a passkey')
    release()
    await waitForStatus(page, 'Signed in as late@app.example')
    await page.close()
  })

  it('show their errors beside their button', async () => {
    const page = await open()
    await page.route('**/webauthn-options/**', route => route.fulfill({ status: 503 }))
    await page.goto(site('/api/auth/signin'))
    await press(page, 'Sign in with a passkey')
    await page.getByRole('alert').filter({ hasText: 'The passkey was not used.' }).waitFor()
    await page.close()
  })

  it('explain that they need JavaScript', async () => {
    const page = await open({ javaScriptEnabled: false })
    await page.goto(site('/api/auth/signin'))
    await page.getByText('To sign in with a passkey, use a browser').waitFor()
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0)
    await page.close()
  })
})

const looks: [string, string][] = [
  ['/api/auth/signin', ''], ['/api/auth/signin?error=CredentialsSignin', ''], ['/api/auth/signin?error=OAuthCallbackError', 'arabic'], ['/api/auth/signin', 'none'], ['/api/auth/signin', 'theme'],
  ['/api/auth/signin?error=x', 'hostile'], ['/api/auth/signout', ''], ['/api/auth/error?error=Configuration', ''], ['/api/auth/verify-request', ''],
]

describe.each(['light', 'dark'] as const)('in %s mode', (colorScheme) => {
  it.each(looks)('%s (%s) has no accessibility violation', async (path, variant) => {
    const page = await open({ colorScheme, bypassCSP: true }, variant)
    await page.goto(site(path))
    await page.evaluate(axe)
    const { violations, passes } = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: () => Promise<Record<'violations' | 'passes', { id: string, nodes: { html: string }[] }[]>> } }
      const { violations, passes } = await axe.run()
      return { violations: violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`), passes: passes.map(({ id }) => id) }
    })
    expect(violations).toEqual([])
    expect(passes).toEqual(expect.arrayContaining(['color-contrast', 'document-title', 'html-has-lang', 'landmark-one-main', 'page-has-heading-one']))
    await page.close()
  })
})

describe('the layout', () => {
  it.each([['320 px', { width: 320, height: 480 }, 1], ['200 % text', { width: 640, height: 480 }, 2]])('needs no horizontal scrolling at %s', async (_, viewport, zoom) => {
    for (const [path, variant] of looks) {
      const page = await open({ viewport, bypassCSP: true }, variant)
      await page.goto(site(path))
      await page.addStyleTag({ content: `html { font-size: ${zoom * 100}% }` })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} ${variant}`).toBeLessThanOrEqual(viewport.width)
      await page.close()
    }
  })

  it('shows the focus to keyboard users', async () => {
    const page = await open()
    await page.goto(site('/api/auth/signout'))
    const getOutline = () => page.locator(':focus').evaluate(element => [element.textContent, getComputedStyle(element).outlineStyle, getComputedStyle(element).outlineWidth])
    expect(await getOutline()).toEqual(['Sign out', 'solid', '3px'])
    await page.keyboard.press('Tab')
    expect(await getOutline()).toEqual(['Cancel', 'solid', '3px'])
    await page.close()
  })

  it('reads from right to left if the texts do', async () => {
    const page = await open({}, 'arabic')
    await page.goto(site('/api/auth/signin?error=CredentialsSignin&code=locked'))
    expect(await page.getByRole('alert').textContent()).toBe('الحساب مقفل.')
    const [label, input] = await Promise.all([page.locator('label').first().boundingBox(), page.locator('input[name=name]').boundingBox()])
    expect(await page.locator('label').first().evaluate(element => getComputedStyle(element).direction)).toBe('rtl')
    expect(label?.x).toBe(input?.x)
    await page.close()
  })

  it('has the theme\'s colors and logo, and never CSS or a script from a theme', async () => {
    const page = await open({}, 'theme')
    const getButton = () => page.getByRole('button', { name: 'Sign in' }).evaluate(element => [getComputedStyle(element).backgroundColor, getComputedStyle(element).color])
    await page.goto(site('/api/auth/signin'))
    expect(await getButton()).toEqual(['rgb(125, 211, 252)', 'rgb(0, 0, 0)'])
    expect(await page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96)
    await page.context().addCookies([{ name: 'variant', value: 'injected', url: site('/') }])
    await page.goto(site('/api/auth/signin'))
    expect(await getButton()).toEqual(['rgb(37, 99, 235)', 'rgb(255, 255, 255)'])
    expect(await page.locator('img').count()).toBe(0)
    await page.close()
  })
})

describe('the app\'s own pages', () => {
  it('sign in without a reload, keep the callback URL, and show the error', async () => {
    const page = await open({}, 'custom')
    await page.goto(site('/account'), { waitUntil: 'hydration' })
    expect(page.url()).toBe(site('/login?callbackUrl=/account'))
    await page.evaluate(() => Object.assign(window, { marker: true }))
    await fillIn(page, 'Ada', 'wrong')
    await press(page, 'Sign in with Credentials')
    await page.getByRole('alert').filter({ hasText: 'CredentialsSignin' }).waitFor()
    await fillIn(page, 'Ada', 'right')
    await press(page, 'Sign in with Credentials')
    await waitForStatus(page, 'Signed in as Ada')
    expect(page.url()).toBe(site('/account'))
    expect(await page.evaluate(() => 'marker' in window)).toBe(true)
    await page.close()
  })

  it('sign in without JavaScript', async () => {
    const page = await open({ javaScriptEnabled: false }, 'custom')
    await page.goto(site('/account'))
    await fillIn(page, 'Ada', 'wrong')
    await press(page, 'Sign in with Credentials')
    await page.getByRole('alert').filter({ hasText: 'CredentialsSignin' }).waitFor()
    await fillIn(page, 'Ada', 'right')
    await press(page, 'Sign in with Credentials')
    await waitForStatus(page, 'Signed in as Ada')
    expect(page.url()).toBe(site('/account'))
    await page.close()
  })

  it('receive the errors', async () => {
    const page = await open({}, 'custom')
    await page.goto(site('/api/auth/error?error=AccessDenied'))
    expect(page.url()).toBe(site('/oops?error=AccessDenied'))
    await page.goto(site('/api/auth/signin?error=OAuthCallbackError'))
    expect(page.url()).toBe(site('/login?error=OAuthCallbackError&callbackUrl=%2F'))
    await page.close()
  })

  it.each(['javascript:alert(1)', 'https://evil.example', '//evil.example', '/\\evil.example'])('RED-09 never redirect to %s', async (callbackUrl) => {
    for (const variant of ['custom', 'plain']) {
      const page = await open({}, variant)
      await page.goto(site(`/api/auth/signin?${new URLSearchParams({ callbackUrl })}`), variant === 'custom' ? { waitUntil: 'hydration' } : {})
      await fillIn(page, 'Ada', 'right')
      await press(page, variant === 'custom' ? 'Sign in with Credentials' : 'Sign in')
      await waitForStatus(page, 'Signed in as Ada')
      expect(page.url()).toBe(site('/'))
      await page.close()
    }
  })
})

describe('the forms', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const good = { name: 'Ada', password: 'right' }

  /** Submits a form with the CSRF token of this visitor's sign-in page. */
  async function submit(visitor: Visitor, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const html = await (await visitor.fetch('/api/auth/signin')).text()
    const [, csrfToken = ''] = /name="csrfToken" value="([\w-]+)"/.exec(html) ?? []
    return await visitor.fetch(path, { method: 'POST', headers: { ...form, ...headers }, body: new URLSearchParams({ csrfToken, ...fields }) })
  }

  async function signedIn() {
    const visitor = new Visitor()
    expect((await submit(visitor, '/api/auth/callback/credentials', good)).status).toBe(302)
    expect(await visitor.json('/api/auth/session')).toMatchObject({ user: { name: 'Ada' } })
    return visitor
  }

  const routes: [string, Record<string, string>][] = [['/api/auth/callback/credentials', good], ['/api/auth/signin/mail', { email: 'x@app.example' }], ['/api/auth/signin/idp', {}], ['/api/auth/signout', {}]]

  it.each(routes)('CSRF-01, CSRF-02 %s never accepts a missing token or another user\'s', async (path, fields) => {
    const visitor = await signedIn()
    const before = new Map(visitor.cookies)
    const foreign = /value="([\w-]+)"/.exec(await (await new Visitor().fetch('/api/auth/signin')).text())?.[1] ?? ''
    for (const csrfToken of ['', 'x', foreign]) {
      const response = await submit(visitor, path, { ...fields, csrfToken })
      expect([response.status, response.headers.get('location')]).toEqual([302, expect.stringContaining('/api/auth/signin?error=MissingCSRF')])
      expect(visitor.cookies).toEqual(before)
    }
  })

  it.each(['', '|', 'a|b', 'a|b|c', 'TOKEN|HASH|c', '%E0', 'TOKEN'])('CSRF-02 never accepts the cookie %j', async (shape) => {
    const visitor = new Visitor()
    const html = await (await visitor.fetch('/api/auth/signin')).text()
    const [, csrfToken = ''] = /name="csrfToken" value="([\w-]+)"/.exec(html) ?? []
    const [token = '', hash = ''] = decodeURIComponent(visitor.cookies.get('authjs.csrf-token') ?? '').split('|')
    const cookie = `authjs.csrf-token=${shape.replace('TOKEN', token).replace('HASH', hash).replaceAll('|', '%7C')}`
    const send = (cookie: string) => visitor.fetch('/api/auth/callback/credentials', { method: 'POST', headers: { ...form, cookie }, body: new URLSearchParams({ ...good, csrfToken }) })
    const refused = await send(cookie)
    expect([refused.headers.get('location'), refused.headers.getSetCookie()]).toEqual([expect.stringContaining('error=MissingCSRF'), []])
    expect((await send(visitor.cookieHeader())).headers.get('location')).not.toContain('error')
  })

  it.each(routes)('CSRF-03, CSRF-06 %s never accepts a request from another site', async (path, fields) => {
    const visitor = await signedIn()
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      const response = await submit(visitor, path, fields, headers)
      expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
    }
    const anonymous = await fetch(url(path), { method: 'POST', redirect: 'manual', headers: { ...form, origin: 'https://evil.example' }, body: new URLSearchParams(fields) })
    expect([anonymous.status, anonymous.headers.getSetCookie()]).toEqual([403, []])
  })

  it('LEAK-01, LEAK-03 never contain a secret of the server', async () => {
    const visitor = await signedIn()
    const cookie = visitor.cookies.get('authjs.session-token') ?? ''
    const paths = [...looks.map(([path]) => path), '/api/auth/style.css', '/api/auth/passkey.js', '/login', '/oops?error=x']
    for (const path of paths) {
      const bytes = await toBytes(await visitor.fetch(path))
      expect(findForms(bytes, 'CANARY-access-token-77d2'), path).toEqual([])
      expect(bytes, path).not.toContain(cookie.slice(0, 40))
    }
    expect(await visitor.json('/api/auth/session')).toMatchObject({ isKnown: true })
  })

  it('answer HEAD like GET without a body, and no other method or path', async () => {
    for (const path of ['/api/auth/signin', '/api/auth/style.css', '/api/auth/passkey.js']) {
      const response = await new Visitor().fetch(path, { method: 'HEAD' })
      expect([response.status, await response.text()]).toEqual([200, ''])
    }
    for (const path of ['/api/auth/style.css', '/api/auth/error']) expect((await new Visitor().fetch(path, { method: 'POST' })).status).toBe(405)
    for (const path of ['/api/auth/style.css/x', '/api/auth/Style.css', '/api/auth/error/x']) expect((await new Visitor().fetch(path)).status).toBe(404)
  })
})

it('never causes a CSP violation, an error or a dialog in a browser', () => expect(problems).toEqual([]))
