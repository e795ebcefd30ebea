import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPage, url } from '@nuxt/test-utils/e2e'
import type { NuxtPage } from '@nuxt/test-utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret, setupApp } from './app'
import { findForms } from './canary'

const playground = new URL('../../playground/', import.meta.url)
const cookieName = 'authjs.session-token'

await setupApp('../../playground', { browser: true })

interface Answer { path: string, status: number | undefined, text: string }
const answers: Answer[] = []
const cookies = new Set<string>()

/** A proxy that keeps all the bytes a browser gets. What it sets apart: the session cookies, which have to cross. */
const recorder = createServer((asked, answer) => {
  const headers = { ...asked.headers, 'accept-encoding': 'identity' }
  const forward = request(asked.url ?? '', { method: asked.method, headers }, async (given) => {
    const lines = given.rawHeaders.flatMap((name, index, all) => index % 2 ? [] : [`${name}: ${all[index + 1]}`])
    const isSessionCookie = (line: string) => line.toLowerCase().startsWith(`set-cookie: ${cookieName}=`)
    for (const line of lines.filter(isSessionCookie)) cookies.add(line.slice(line.indexOf('=') + 1, line.indexOf(';')))
    const body = Buffer.concat(await Array.fromAsync(given))
    const text = [...lines.filter(line => !isSessionCookie(line)), body.toString('latin1')].join('\n')
    answers.push({ path: new URL(asked.url ?? '').pathname, status: given.statusCode, text })
    answer.writeHead(given.statusCode ?? 502, given.rawHeaders).end(body)
  })
  forward.on('error', () => answer.writeHead(502).end())
  asked.pipe(forward)
})

let page: NuxtPage
const problems: string[] = []
const browserOptions = () => ({ proxy: { server: `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`, bypass: '<-loopback>' } })

beforeAll(async () => {
  await new Promise<void>(resolve => recorder.listen(0, '127.0.0.1', resolve))
  page = await createPage(undefined, browserOptions())
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => /hydration/i.test(message.text()) && problems.push(message.text()))
})

afterAll(() => recorder.closeAllConnections())

const visit = (path: string) => page.goto(url(path), { waitUntil: 'hydration' })
const here = () => page.url().slice(url('').length - 1)
const link = (name: string) => page.getByRole('link', { name })
const waitForStatus = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const mark = () => page.evaluate(() => Object.assign(window, { marker: true }))
const isMarked = () => page.evaluate(() => 'marker' in window)
const callReports = () => page.evaluate(async () => {
  const response = await fetch('/api/reports')
  return { status: response.status, body: await response.json() as { reports: { title: string }[], tokenFields: string[] } }
})
const getReports = () => page.getByRole('list', { name: 'Reports' }).getByRole('listitem').locator('span:first-child').allTextContents()

async function signIn(name: string, password: string): Promise<number> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Password').fill(password)
  const [answer] = await Promise.all([
    page.waitForResponse(response => response.url().endsWith('/callback/credentials')),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ])
  return answer.status()
}

describe('the story of a session, in a browser', () => {
  it('invites a stranger to sign in, and shows the definition as it is', async () => {
    await visit('/')
    await waitForStatus('Signed out')
    const toCode = (text: string) => text.replace(/\s|,(?=\s*[}\])])/g, '')
    const sample = toCode(await page.getByLabel('server/auth.ts').textContent() ?? '')
    expect(sample).toContain('extend:{')
    expect(toCode(readFileSync(new URL('server/auth.ts', playground), 'utf8'))).toContain(sample)
  })

  it('refuses a wrong password with 401, and says so', async () => {
    await link('Sign in').click()
    expect(await signIn('Ada', 'wrong')).toBe(401)
    await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor()
    await waitForStatus('Signed out')
    expect(here()).toBe('/login')
    expect((await callReports()).status).toBe(401)
  })

  it('signs in without a reload', async () => {
    await mark()
    expect(await signIn('Ada', 'lovelace')).toBe(200)
    await waitForStatus('Signed in as Ada')
    await page.waitForURL(url('/'))
    expect(await isMarked()).toBe(true)
  })

  it('gives the browser the four keys of the session, and nothing else', async () => {
    const session = JSON.parse(await page.getByLabel('Session', { exact: true }).textContent() ?? '')
    expect(session).toEqual({ user: { name: 'Ada' }, expires: expect.any(String), role: 'admin', uid: '1' })
    expect(Date.parse(session.expires)).toBeGreaterThan(Date.now())
    expect(await page.locator('dt').allTextContents()).toEqual(['user', 'expires', 'role', 'uid'])
  })

  it('renders the session on the server, and the browser asks for nothing', async () => {
    const before = answers.length
    const html = await (await visit('/'))?.text()
    await page.waitForLoadState('networkidle')
    expect(html).toContain('Hello, Ada.')
    const paths = answers.slice(before).map(({ path }) => path)
    expect(paths).toContain('/')
    expect(paths.filter(path => path.startsWith('/api/'))).toEqual([])
  })

  it('renders the session without JavaScript', async () => {
    const plain = await createPage('/', { ...browserOptions(), javaScriptEnabled: false, storageState: await page.context().storageState() })
    expect(await plain.locator('dd').allTextContents()).toEqual(expect.arrayContaining(['Ada', 'admin', '1']))
    expect(await plain.getByRole('list', { name: 'Fields of the token' }).textContent()).toContain('accessToken')
    await plain.close()
  })

  it('never shows the session cookie to a script', async () => {
    const cookie = (await page.context().cookies()).find(({ name }) => name === cookieName)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    expect(await page.evaluate(() => document.cookie)).not.toContain('session-token')
  })

  it('opens the backend with the token that only the server has', async () => {
    await link('Account').click()
    await page.waitForURL(url('/account'))
    await expect.poll(getReports).toEqual(['Revenue', 'Payroll', 'Incidents'])
    const { status, body } = await callReports()
    expect(status).toBe(200)
    expect(body.tokenFields).toContain('accessToken')
  })

  it('signs out without a reload, and closes every door', async () => {
    await mark()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await waitForStatus('Signed out')
    await page.waitForURL(url('/'))
    expect(await isMarked()).toBe(true)
    await link('Account').click()
    await page.waitForURL(url('/login?callbackUrl=/account'))
    expect((await callReports()).status).toBe(401)
  })

  it('sends a stranger from a closed page to the sign-in page, and back to it', async () => {
    await visit('/account')
    expect(here()).toBe('/login?callbackUrl=%2Faccount')
    await signIn('Grace', 'hopper')
    await page.waitForURL(url('/account'))
    await waitForStatus('Signed in as Grace')
  })

  it('never shows the next visitor what the last one saw', async () => {
    await expect.poll(getReports).toEqual(['Incidents'])
    expect((await callReports()).body.reports).toHaveLength(1)
  })
})
