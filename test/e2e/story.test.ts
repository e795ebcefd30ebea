import { readFileSync } from 'node:fs'
import { createPage, url } from '@nuxt/test-utils/e2e'
import type { NuxtPage } from '@nuxt/test-utils'
import { beforeAll, describe, expect, it } from 'vitest'
import { secret, setupApp } from './app'
import { startRecorder } from './recorder'

const cookieName = 'authjs.session-token'
const definition = readFileSync(new URL('../../playground/server/auth.ts', import.meta.url), 'utf8')
const recorder = await startRecorder(cookieName)
await setupApp('../../playground', { browser: true })

// All tests share one user and one page, in order.
let page: NuxtPage
const problems: string[] = []

beforeAll(async () => {
  page = await createPage(undefined, { proxy: recorder.proxy })
  page.setDefaultTimeout(10_000)
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => /hydrat/i.test(message.text()) && problems.push(message.text()))
  return () => recorder.close()
})

const visit = (path: string) => page.goto(url(path), { waitUntil: 'hydration' })
const clickLink = (name: string) => page.getByRole('link', { name, exact: true }).click()
const waitForStatus = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const getCallbackUrl = () => new URL(page.url()).searchParams.get('callbackUrl')
const mark = () => page.evaluate(() => Object.assign(window, { marker: true }))
const isMarked = () => page.evaluate(() => 'marker' in window)
const showsReports = (titles: string[]) =>
  expect.poll(() => page.getByRole('list', { name: 'Reports' }).locator('li span:first-child').allTextContents(), { timeout: 10_000 }).toEqual(titles)
const callReports = () => page.evaluate(async () => {
  const response = await fetch('/api/reports')
  return { status: response.status, ...await response.json() as { tokenFields?: string[] } }
})

async function signIn(name: string, password: string): Promise<number> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Password').fill(password)
  const [answer] = await Promise.all([
    page.waitForResponse(response => new URL(response.url()).pathname === '/api/auth/signin/credentials'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ])
  return answer.status()
}

describe('a session in a browser, from the first visit to the last', () => {
  it('invites an anonymous user to sign in, and shows the definition', async () => {
    await visit('/')
    await waitForStatus('Signed out')
    const toCode = (text: string | null) => String(text).replace(/\s|,(?=\s*[}\])])/g, '')
    const sample = toCode(await page.getByLabel('server/auth.ts').textContent())
    expect(sample).toContain('extend:{')
    expect(toCode(definition)).toContain(sample)
  })

  it('refuses a wrong password with 401, and shows the error', async () => {
    await clickLink('Sign in with a demo account')
    expect(await signIn('Ada', 'wrong')).toBe(401)
    await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor()
    await waitForStatus('Signed out')
    expect((await callReports()).status).toBe(401)
  })

  it('signs in without a reload', async () => {
    await mark()
    expect(await signIn('Ada', 'lovelace')).toBe(200)
    await waitForStatus('Signed in as Ada')
    await page.waitForURL(url('/'))
    expect(await isMarked()).toBe(true)
  })

  it('never gives the browser more than the four keys of the session and the names of the others', async () => {
    const session = JSON.parse(await page.getByLabel('Session', { exact: true }).textContent() ?? '')
    expect(session).toEqual({ user: { name: 'Ada' }, expires: expect.any(String), role: 'admin', uid: '1' })
    expect(Date.parse(session.expires)).toBeGreaterThan(Date.now())
    expect(await page.locator('dt').allTextContents()).toEqual(['user', 'expires', 'role', 'uid'])
    await page.getByRole('listitem').filter({ hasText: 'accessToken' }).waitFor()
  })

  it('renders the session on the server, without a request from the browser', async () => {
    const before = recorder.getPaths().length
    expect(await (await visit('/'))?.text()).toContain('Hello, Ada.')
    await page.waitForLoadState('networkidle')
    const paths = recorder.getPaths().slice(before)
    expect(paths.filter(path => path === '/' || path.startsWith('/api/'))).toEqual(['/'])
  })

  it('renders the session without JavaScript', async () => {
    const plain = await createPage('/', { proxy: recorder.proxy, javaScriptEnabled: false, storageState: await page.context().storageState() })
    expect(await plain.locator('dd').allTextContents()).toEqual(expect.arrayContaining(['Ada', 'admin', '1']))
    expect(await plain.getByRole('list', { name: 'Fields of the token' }).textContent()).toContain('accessToken')
    await plain.close()
  })

  it('never exposes the session cookie to scripts', async () => {
    const cookie = (await page.context().cookies()).find(({ name }) => name === cookieName)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    expect(await page.evaluate(() => document.cookie)).not.toContain('session-token')
  })

  it('calls the backend with the access token, which only the server has', async () => {
    await clickLink('Account')
    await showsReports(['Revenue', 'Payroll', 'Incidents'])
    expect(await callReports()).toMatchObject({ status: 200, tokenFields: expect.arrayContaining(['accessToken']) })
  })

  it('signs out without a reload, and loses access to every guarded route', async () => {
    await mark()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await waitForStatus('Signed out')
    await page.waitForURL(url('/'))
    expect(await isMarked()).toBe(true)
    expect((await callReports()).status).toBe(401)
    await clickLink('Account')
    await page.waitForURL(url('/login**'))
    expect(getCallbackUrl()).toBe('/account')
  })

  it('redirects an anonymous user from a guarded page to the sign-in page, and back', async () => {
    await visit('/account')
    expect(getCallbackUrl()).toBe('/account')
    expect(await signIn('Grace', 'hopper')).toBe(200)
    await page.waitForURL(url('/account'))
    await waitForStatus('Signed in as Grace')
  })

  it('redirects a signed-in user away from the sign-in page', () => visit('/login').then(() => page.waitForURL(url('/account'))))

  it('never shows one user the data of another', () => showsReports(['Incidents']))

  it('never follows a callbackUrl to another site', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await waitForStatus('Signed out')
    await visit('/login?callbackUrl=https://app.example')
    await signIn('Ada', 'lovelace')
    await page.waitForURL(url('/'))
  })

  it('never sends a secret to the browser, in any encoding', () => {
    // The last characters of a cookie are enough to identify it.
    const cookies = recorder.getCookies().map(value => value.slice(-60))
    expect(cookies.length).toBeGreaterThanOrEqual(2)
    expect(recorder.find('accessToken'), 'the name, which may cross').toContain('/api/reports')
    for (const value of ['backend-token-of-ada', 'backend-token-of-grace', secret, ...cookies]) expect(recorder.find(value), value).toEqual([])
  })

  it('never breaks a page', () => expect(problems).toEqual([]))
})
