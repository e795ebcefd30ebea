import { createPage, url } from '@nuxt/test-utils/e2e'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { bootDatabase, setupApp, Visitor } from './app'
import { Authenticator } from './authenticator'
import type { Offer } from './authenticator'
import { startMailbox } from './smtp'
import type { Mail } from './smtp'

const cookieName = 'authjs.session-token'
const mailbox = await startMailbox()
await setupApp('passwordless', { browser: true, env: { SMTP_URL: mailbox.url } })
bootDatabase()

interface Session { user: { email: string, name?: string }, uid: string, role: string, isProven: boolean }

async function query<T>(sql: string, values: unknown[] = []): Promise<T[]> {
  const response = await fetch(url('/api/rows'), { method: 'POST', body: JSON.stringify({ sql, values }), headers: { 'content-type': 'application/json' } })
  return await response.json() as T[]
}

async function ask(visitor: Visitor, email: unknown, headers: Record<string, string> = {}): Promise<{ response: Response, result: Record<string, unknown>, mail: Mail | undefined }> {
  const before = mailbox.mails.length
  const response = await visitor.post('/api/auth/signin/nodemailer', { email, callbackUrl: '/' }, headers)
  return { response, result: await response.json() as Record<string, unknown>, mail: mailbox.mails[before] }
}

async function getLink(email: string, visitor = new Visitor()): Promise<string> {
  const { mail } = await ask(visitor, email)
  return String(mail?.link).replace(url('/').replace(/\/$/, ''), '')
}

const redeem = (visitor: Visitor, link: string, init?: RequestInit) => visitor.fetch(link, init)
/** Opens a link, and confirms that it replaces another user's session, as a browser without JavaScript does. */
async function switchWith(visitor: Visitor, link: string): Promise<Response> {
  const page = await (await redeem(visitor, link)).text()
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [name, value])
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1] ?? ''
  return await visitor.fetch(action, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: new URL(url('/')).origin } })
}
const getError = (response: Response) => new URL(response.headers.get('location') ?? '', url('/')).searchParams.get('error')
const getSession = (visitor: Visitor) => visitor.json<Session | null>('/api/auth/session')

describe('a magic link', () => {
  it('signs in whoever has it, in another browser than the one that asked', async () => {
    const asking = new Visitor()
    const { response, result, mail } = await ask(asking, 'ada@app.example')
    expect(response.status).toBe(200)
    expect(result).toMatchObject({ ok: true, status: 200, error: null, url: expect.stringContaining('/api/auth/verify-request') })
    expect(mail?.to).toEqual(['ada@app.example'])
    const reading = new Visitor()
    const answer = await redeem(reading, String(mail?.link).replace(url('/'), '/'))
    expect(answer.status).toBe(302)
    expect(new URL(answer.headers.get('location') ?? '', url('/')).href).toBe(url('/'))
    expect(await getSession(reading)).toMatchObject({ user: { email: 'ada@app.example', name: 'Ada' }, uid: '1', isProven: true })
    expect(await getSession(asking)).toBeNull()
  })

  it('makes a user of an address that is new, once', async () => {
    for (const visitor of [new Visitor(), new Visitor()]) {
      await redeem(visitor, await getLink('new@app.example'))
      const [user] = await query<{ id: string }>('select "id" from "user" where "email" = $1', ['new@app.example'])
      expect(await getSession(visitor)).toMatchObject({ uid: user?.id })
    }
  })

  it('ADP-07 never lets two in, of ten at the same time', async () => {
    const link = await getLink('grace@app.example')
    const visitors = Array.from({ length: 10 }, () => new Visitor())
    const answers = await Promise.all(visitors.map(visitor => redeem(visitor, link)))
    expect(visitors.filter(visitor => visitor.cookies.has(cookieName)).length).toBe(1)
    expect(answers.map(getError).filter(error => error === 'Verification').length).toBe(9)
    expect(answers.every(answer => answer.status === 302)).toBe(true)
  })

  it('never signs in after it has expired', async () => {
    const link = await getLink('grace@app.example')
    await query('update "verificationToken" set "expires" = $1 where "identifier" = $2', ['2020-01-01', 'grace@app.example'])
    const visitor = new Visitor()
    const answer = await redeem(visitor, link)
    expect([answer.status, getError(answer)]).toEqual([302, 'Verification'])
    expect(await getSession(visitor)).toBeNull()
  })

  it('never signs in with another token, for another address, or with a part missing', async () => {
    const link = await getLink('grace@app.example')
    const token = new URL(link, url('/')).searchParams.get('token') ?? ''
    const path = '/api/auth/callback/nodemailer'
    const tries = [
      '', '?token=', `?token=${token}`, '?email=grace%40app.example', `?token=${token}&email=`, `?token=${token}&email=ada%40app.example`, `?token=${token}&email=%00`,
      `?token=${token}x&email=grace%40app.example`, `?token=${token}&email=GRACE%40app.example`, `?token=${token}&email=grace%40app.example&email=ada%40app.example`, `?token=%00&email=grace%40app.example`,
    ]
    for (const search of tries) {
      const visitor = new Visitor()
      const answer = await redeem(visitor, path + search)
      expect([answer.status, getError(answer)], search).toEqual([302, 'Verification'])
      expect(await getSession(visitor), search).toBeNull()
    }
    // It is still good: nothing of that used it up.
    const visitor = new Visitor()
    await redeem(visitor, link)
    expect(await getSession(visitor)).toMatchObject({ uid: '2' })
  })

  it('never is used up by a HEAD request, nor by a POST from another site', async () => {
    const link = await getLink('grace@app.example')
    expect((await redeem(new Visitor(), link, { method: 'HEAD' })).status).toBe(405)
    const posted = await redeem(new Visitor(), link, { method: 'POST', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded', 'origin': 'https://evil.example' } })
    expect(posted.status).toBe(403)
    const visitor = new Visitor()
    await redeem(visitor, link)
    expect(await getSession(visitor)).toMatchObject({ uid: '2' })
  })

  it('HST-01 never has a host that a client sent', async () => {
    const visitor = new Visitor()
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    const before = mailbox.mails.length
    const body = JSON.stringify({ email: 'grace@app.example', csrfToken, callbackUrl: 'https://evil.example/' })
    const headers = { 'content-type': 'application/json', 'cookie': visitor.cookieHeader(), 'host': 'evil.example', 'x-forwarded-host': 'evil.example', 'forwarded': 'host=evil.example', 'content-length': String(Buffer.byteLength(body)) }
    const status = await new Promise((resolve, reject) => {
      request(url('/api/auth/signin/nodemailer'), { method: 'POST', headers }, response => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject).end(body)
    })
    expect(status).toBe(302)
    const mail = mailbox.mails[before]
    expect(mail?.link.startsWith(url('/api/auth/callback/nodemailer?'))).toBe(true)
    expect(mail?.text).not.toContain('evil')
  })

  it('never writes the token into the database as it is in the link', async () => {
    const token = new URL(await getLink('grace@app.example'), url('/')).searchParams.get('token') ?? ''
    const rows = await query<{ token: string }>('select "token" from "verificationToken"')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('INP-13 an address', () => {
  it.each([
    ['Grace@App.Example', 'grace@app.example'],
    ['  grace@app.example ', 'grace@app.example'],
  ])('%j is %s', async (written, expected) => {
    const { result, mail } = await ask(new Visitor(), written)
    expect(result).toMatchObject({ ok: true })
    expect(mail?.to).toEqual([expected])
    expect(new URL(String(mail?.link)).searchParams.get('email')).toBe(expected)
  })

  it.each([
    'ada@app.example,eve@evil.example', '"ada@app.example"@evil.example', 'ada\uFF20app.example', 'ada\uFE6Bapp.example', 'ada@app.example\uFF20evil.example', '<b>ada</b>@app.example', 'Ada <ada@app.example>',
    'ada@app.example\r\nBcc: eve@evil.example', 'ada\0@app.example', 'a da@app.example', 'ada@@app.example', 'ada@app.example@evil.example', 'ada', '@app.example', 'ada@', '',
    `${'a'.repeat(250)}@x.example`, '\u212Aelvin@app.example', 'ad\uFF41@app.example', 'ada\u202E@app.example', 'ada\u200B@app.example', 'ada\uD800@app.example', 'ada@app\u3002example', 'ada@app.example;eve@evil.example',
    null, undefined, 1, true, ['ada@app.example'], { address: 'ada@app.example' },
  ])('%j is refused with 400, and nothing is sent', async (email) => {
    const { response, result, mail } = await ask(new Visitor(), email)
    expect(response.status).toBe(400)
    expect(result).toMatchObject({ ok: false, status: 400, error: 'EmailSignin', code: 'invalid' })
    expect(mail).toBeUndefined()
  })

  it('leads back to the sign-in page, when a plain form sends it', async () => {
    const visitor = new Visitor()
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    const response = await visitor.fetch('/api/auth/signin/nodemailer', { method: 'POST', body: new URLSearchParams({ csrfToken, email: '"ada"@x' }) })
    expect([response.status, getError(response)]).toEqual([302, 'EmailSignin'])
    expect(response.headers.get('location')).toContain('/api/auth/signin?')
  })

  it('never is mark-up in the mail', async () => {
    const { mail } = await ask(new Visitor(), 'a&b\'i\'=x@app.example')
    expect(mail?.text).toContain('email=a%26b%27i%27%3Dx%40app.example')
    expect(mail?.text.slice(mail.text.indexOf('<body'))).not.toMatch(/'i'|&b/)
  })
})

describe('a session that was there before, when somebody signs in with a link', () => {
  async function signedIn(name: string): Promise<Visitor> {
    const visitor = new Visitor()
    expect((await visitor.signIn({ name })).status).toBe(200)
    return visitor
  }

  it('SES-01, SES-05 never goes on: a planted session ends up linked to nobody', async () => {
    const victim = await signedIn('Grace')
    const planted = victim.cookies.get(cookieName)
    await switchWith(victim, await getLink('victim@app.example'))
    expect(victim.cookies.get(cookieName)).not.toBe(planted)
    expect(await getSession(victim)).toMatchObject({ user: { email: 'victim@app.example' } })
    expect(await query('select * from "account" where "userId" = $1', ['2'])).toEqual([])
    expect(await query('select "email" from "user" where "id" = $1', ['2'])).toEqual([{ email: 'grace@app.example' }])
  })

  it('SES-02 never leaves a field of the first user to the next', async () => {
    const visitor = await signedIn('Ada')
    expect(JSON.stringify(await visitor.json('/api/token'))).toContain('CANARY-of-the-admin')
    await switchWith(visitor, await getLink('plain@app.example'))
    const { token } = await visitor.json<{ token: Record<string, unknown> }>('/api/token')
    expect(token).toMatchObject({ email: 'plain@app.example', role: 'member' })
    expect(JSON.stringify(token)).not.toMatch(/CANARY|Ada|admin/)
    expect(await getSession(visitor)).toMatchObject({ role: 'member', user: { email: 'plain@app.example' } })
    // And the other way, by a form.
    await visitor.signIn({ name: 'Ada' })
    expect(JSON.stringify(await visitor.json('/api/token'))).not.toContain('plain')
  })

  it('LNK-02 never is replaced by a link that somebody else sent, before its user says so', async () => {
    const visitor = await signedIn('Grace')
    const link = await getLink('mallory@app.example')
    const page = await redeem(visitor, link, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('mallory@app.example')
    const forged = await visitor.fetch(link, { method: 'POST', body: new URLSearchParams({ csrfToken: 'x' }), headers: { origin: 'https://evil.example' } })
    expect(forged.status).toBe(403)
    expect(await getSession(visitor)).toMatchObject({ uid: '2' })
    // The question does not use the link up.
    const answer = await switchWith(visitor, link)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, url('/')])
    expect(await getSession(visitor)).toMatchObject({ user: { email: 'mallory@app.example' } })
  })

  it('SES-03 changes when the same visitor signs in again', async () => {
    const visitor = await signedIn('Grace')
    const first = visitor.cookies.get(cookieName)
    await redeem(visitor, await getLink('grace@app.example'))
    expect(visitor.cookies.get(cookieName)).not.toBe(first)
    expect(await getSession(visitor)).toMatchObject({ uid: '2', isProven: true })
  })
})

describe('passkeys beside magic links', () => {
  const origin = () => new URL(url('/')).origin
  const getOffer = async (visitor: Visitor, fields: object) => await (await visitor.post('/api/auth/signin/passkey', { action: 'register', ...fields })).json() as { ok: boolean, status: number, code: string, webauthn?: Offer }

  it('never sign up with an address that nobody has proven: its owner would share the account', async () => {
    expect(await getOffer(new Visitor(), { email: 'unproven@app.example' })).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError', code: 'refused' })
    const raw = await new Visitor().fetch('/api/auth/webauthn-options/passkey?action=register&email=unproven%40app.example')
    expect([raw.status, raw.headers.getSetCookie().filter(cookie => cookie.includes('challenge'))]).toEqual([400, []])
    expect(await query('select * from "user" where "email" = $1', ['unproven@app.example'])).toEqual([])
  })

  it('are added once the address is proven', async () => {
    const visitor = new Visitor()
    await redeem(visitor, await getLink('proven@app.example'))
    const { webauthn } = await getOffer(visitor, {})
    if (!webauthn) throw new Error('There is no offer')
    const data = new Authenticator(origin()).register(webauthn)
    expect((await visitor.post('/api/auth/callback/passkey', { action: 'register', data })).status).toBe(200)
    expect((await query('select * from "authenticator" join "user" on "userId" = "id" where "email" = $1', ['proven@app.example'])).length).toBe(1)
  })
})

describe('in a browser', () => {
  it('signIn stays on the page and says ok, and the link opens in another context', async () => {
    const page = await createPage()
    page.setDefaultTimeout(10_000)
    await page.goto(url('/'), { waitUntil: 'hydration' })
    await page.getByLabel('E-mail').fill('Grace@App.example')
    const before = mailbox.mails.length
    await page.getByRole('button', { name: 'Send a link' }).click()
    await page.getByLabel('Result').filter({ hasText: '"ok": true' }).waitFor()
    expect(page.url()).toBe(url('/'))
    const other = await createPage()
    await other.goto(String(mailbox.mails[before]?.link))
    expect(other.url()).toBe(url('/?back'))
    await other.getByRole('status').filter({ hasText: 'authenticated grace@app.example 2' }).waitFor()
    await page.reload()
    await page.getByRole('status').filter({ hasText: 'unauthenticated' }).waitFor()
  })

  it('signIn goes to the page that says to look for a mail', async () => {
    const page = await createPage()
    page.setDefaultTimeout(10_000)
    await page.goto(url('/'), { waitUntil: 'hydration' })
    await page.getByLabel('redirect').check()
    await page.getByLabel('E-mail').fill('grace@app.example')
    await page.getByRole('button', { name: 'Send a link' }).click()
    await page.waitForURL(url('/api/auth/verify-request**'))
    expect(await page.textContent('h1')).toMatch(/^Check your e-?mail/)
  })
})

describe('a mail that can not be sent', () => {
  const outages = [
    ['the server refuses the recipient', 'grace@refused.example', async () => undefined],
    ['the server is down', 'grace@app.example', () => mailbox.close()],
  ] as const

  it.each(outages)('is 503 and loses nothing, when %s', async (_, email, prepare) => {
    const visitor = new Visitor()
    await visitor.signIn({ name: 'Grace' })
    await prepare()
    const { response, result } = await ask(visitor, email)
    expect(response.status).toBe(503)
    expect(result).toMatchObject({ ok: false, status: 503, error: 'Configuration' })
    expect(JSON.stringify(result)).not.toMatch(/ECONNREFUSED|No such mailbox|smtp/i)
    expect(await getSession(visitor)).toMatchObject({ uid: '2' })
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    const form = await visitor.fetch('/api/auth/signin/nodemailer', { method: 'POST', body: new URLSearchParams({ csrfToken, email }) })
    expect([form.status, getError(form)]).toEqual([302, 'Configuration'])
    expect(form.headers.get('location')).toContain('/api/auth/error?')
    expect((await visitor.fetch(String(form.headers.get('location')).replace(url('/'), '/'))).status).toBe(503)
  })
})
