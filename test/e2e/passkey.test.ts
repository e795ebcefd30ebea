import { createPage, url } from '@nuxt/test-utils/e2e'
import { decode, encode } from '@auth/core/jwt'
import type { NuxtPage } from '@nuxt/test-utils'
import { describe, expect, it } from 'vitest'
import { bootDatabase, secret, setupApp, Visitor } from './app'
import { Authenticator } from './authenticator'
import type { Lies, Offer } from './authenticator'

const cookieName = 'authjs.session-token'
const challengeName = 'authjs.challenge'
// No address of numbers: a passkey belongs to a host with a name.
await setupApp('passwordless', { browser: true, hostname: 'localhost' })
bootDatabase()

interface Session { user: { email: string }, uid: string, role: string }
interface Answer { ok: boolean, status: number, error: string | null, code: string | null, url: string | null, webauthn?: Offer }

const getOrigin = () => new URL(url('/')).origin.replace('127.0.0.1', 'localhost')
const getSession = (visitor: Visitor) => visitor.json<Session | null>('/api/auth/session')
let addresses = 0
const newAddress = () => `passkey-${++addresses}@app.example`

async function query<T>(sql: string, values: unknown[] = []): Promise<T[]> {
  const response = await fetch(url('/api/rows'), { method: 'POST', body: JSON.stringify({ sql, values }), headers: { 'content-type': 'application/json' } })
  return await response.json() as T[]
}

async function ask(visitor: Visitor, fields: Record<string, unknown> = {}): Promise<Answer> {
  const response = await visitor.post('/api/auth/signin/passkey', fields)
  const answer = await response.json() as Answer
  expect(answer.status).toBe(response.status)
  return answer
}

async function getOffer(visitor: Visitor, fields: Record<string, unknown> = {}): Promise<Offer> {
  const { ok, webauthn } = await ask(visitor, fields)
  if (!ok || !webauthn) throw new Error('There is no offer')
  return webauthn
}

async function prove(visitor: Visitor, action: unknown, data: unknown): Promise<Answer> {
  const response = await visitor.post('/api/auth/callback/passkey', { action, data, callbackUrl: '/' })
  const answer = await response.json() as Answer
  expect(answer.status).toBe(response.status)
  return answer
}

async function register(visitor: Visitor, authenticator: Authenticator, fields: Record<string, unknown> = {}): Promise<Answer> {
  return await prove(visitor, 'register', authenticator.register(await getOffer(visitor, { action: 'register', ...fields })))
}

async function authenticate(visitor: Visitor, authenticator: Authenticator, lies?: Lies): Promise<Answer> {
  return await prove(visitor, 'authenticate', authenticator.authenticate(await getOffer(visitor), lies))
}

async function signedUp(counter: number | null = 0): Promise<{ authenticator: Authenticator, email: string }> {
  const authenticator = new Authenticator(getOrigin(), counter ?? undefined)
  const email = newAddress()
  expect(await register(new Visitor(), authenticator, { email })).toMatchObject({ ok: true, status: 200 })
  return { authenticator, email }
}

async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor()
  expect((await visitor.signIn({ name })).status).toBe(200)
  return visitor
}

describe('a passkey, by the protocol', () => {
  it('signs up with an address, and signs in without one', async () => {
    const { authenticator, email } = await signedUp()
    const visitor = new Visitor()
    expect(await authenticate(visitor, authenticator)).toMatchObject({ ok: true, status: 200, url: url('/').replace('127.0.0.1', 'localhost'), error: null, code: null })
    expect(await getSession(visitor)).toMatchObject({ user: { email }, role: 'member' })
  })

  it('belongs to the configured host, whatever host was asked', async () => {
    const { options } = await getOffer(new Visitor(), { action: 'register', email: newAddress() })
    expect(options.rp?.id).toBe('localhost')
    expect((await getOffer(new Visitor())).options.rpId).toBe('localhost')
  })

  it('is one more for whoever is signed in', async () => {
    const visitor = await signedIn('Grace')
    const authenticator = new Authenticator(getOrigin())
    expect(await register(visitor, authenticator)).toMatchObject({ ok: true })
    const other = new Visitor()
    expect(await authenticate(other, authenticator)).toMatchObject({ ok: true })
    expect(await getSession(other)).toMatchObject({ uid: '2', user: { email: 'grace@app.example' } })
  })

  it('takes one spelling of an address', async () => {
    const email = newAddress()
    expect(await register(new Visitor(), new Authenticator(getOrigin()), { email: ` ${email.toUpperCase()}` })).toMatchObject({ ok: true })
    expect(await query('select "email" from "user" where lower("email") = $1', [email])).toEqual([{ email }])
    expect(await ask(new Visitor(), { action: 'register', email: email.toUpperCase() })).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
  })
})

describe('a passkey never signs in', () => {
  const lies: [string, Lies][] = [
    ['another origin', { origin: 'https://evil.example' }],
    ['the address of another host', { rpId: 'evil.example' }],
    ['another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['a counter that goes back', { counter: 0 }],
    ['nobody verified', { flags: 1 }],
    ['nobody present', { flags: 4 }],
    ['the wrong kind of proof', { type: 'webauthn.create' }],
  ]

  it.each(lies)('with %s', async (_, lie) => {
    const { authenticator } = await signedUp()
    await authenticate(new Visitor(), authenticator)
    const visitor = new Visitor()
    expect(await authenticate(visitor, authenticator, lie)).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
    expect(await getSession(visitor)).toBeNull()
    expect(await authenticate(visitor, authenticator), 'without the lie').toMatchObject({ ok: true })
  })

  it.each(lies.filter(([, { counter }]) => counter === undefined))('nor up, with %s', async (_, lie) => {
    const email = newAddress()
    const visitor = new Visitor()
    const authenticator = new Authenticator(getOrigin())
    const data = authenticator.register(await getOffer(visitor, { action: 'register', email }), { ...lie, ...lie.flags && { flags: lie.flags | 0x40 }, ...lie.type && { type: 'webauthn.get' } })
    expect(await prove(visitor, 'register', data)).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
    expect(await getSession(visitor)).toBeNull()
    expect(await query('select * from "user" where "email" = $1', [email])).toEqual([])
  })

  it('with the challenge of another visitor', async () => {
    const { authenticator } = await signedUp()
    const [one, other] = [new Visitor(), new Visitor()]
    const offer = await getOffer(one)
    await getOffer(other)
    expect(await prove(other, 'authenticate', authenticator.authenticate(offer))).toMatchObject({ ok: false, status: 400 })
    expect(await getSession(other)).toBeNull()
  })

  it.each([['whose counter stands still', null], ['that counts', 0]])('twice with one challenge, of a passkey %s', async (_, counter) => {
    const { authenticator } = await signedUp(counter)
    const visitor = new Visitor()
    const data = authenticator.authenticate(await getOffer(visitor))
    const challenge = visitor.cookies.get(challengeName) ?? ''
    const visitors = Array.from({ length: 5 }, () => new Visitor())
    for (const each of visitors) each.cookies.set(challengeName, challenge)
    const answers = await Promise.all(visitors.map(each => prove(each, 'authenticate', data)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
    const late = new Visitor()
    late.cookies.set(challengeName, challenge)
    expect(await prove(late, 'authenticate', data)).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
    expect(await getSession(late)).toBeNull()
  })

  it('with a registration that was used before', async () => {
    const visitor = new Visitor()
    const data = new Authenticator(getOrigin()).register(await getOffer(visitor, { action: 'register', email: newAddress() }))
    const challenge = visitor.cookies.get(challengeName) ?? ''
    expect(await prove(visitor, 'register', data)).toMatchObject({ ok: true })
    const thief = new Visitor()
    thief.cookies.set(challengeName, challenge)
    expect(await prove(thief, 'register', data)).toMatchObject({ ok: false, status: 400 })
    expect(await getSession(thief)).toBeNull()
  })

  it('as the owner of a credential whose id somebody else registers', async () => {
    const { authenticator: victim } = await signedUp()
    // Where the table takes an id twice, nothing else stands in the way.
    await query('alter table "authenticator" drop constraint "authenticator_credentialID_key"')
    const visitor = new Visitor()
    const data = new Authenticator(getOrigin()).register(await getOffer(visitor, { action: 'register', email: newAddress() }), { id: victim.id })
    expect(await prove(visitor, 'register', data)).toMatchObject({ ok: false, status: 400 })
    expect(await getSession(visitor)).toBeNull()
    expect((await query('select * from "authenticator" where "credentialID" = $1', [victim.id.toString('base64')])).length).toBe(1)
  })

  it('with the id of one passkey and the key of another', async () => {
    const { authenticator } = await signedUp()
    const visitor = new Visitor()
    expect(await authenticate(visitor, new Authenticator(getOrigin()), { id: authenticator.id, counter: 9 })).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
    expect(await getSession(visitor)).toBeNull()
  })

  it('when callbacks.signIn refuses, with a URL, too', async () => {
    const visitor = new Visitor()
    expect(await register(visitor, new Authenticator(getOrigin()), { email: 'blocked@app.example' })).toMatchObject({ ok: false, status: 403, error: 'AccessDenied' })
    expect(await getSession(visitor)).toBeNull()
    expect(await query('select * from "user" where "email" = $1', ['blocked@app.example'])).toEqual([])
  })

  it('when nobody has it', async () => {
    const visitor = new Visitor()
    expect(await authenticate(visitor, new Authenticator(getOrigin()))).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
    expect(await getSession(visitor)).toBeNull()
  })

  it('from another site, or without a CSRF token', async () => {
    const { authenticator } = await signedUp()
    const visitor = new Visitor()
    const data = authenticator.authenticate(await getOffer(visitor))
    const send = (fields: object, headers: Record<string, string>) => visitor.fetch('/api/auth/callback/passkey', { method: 'POST', body: JSON.stringify({ action: 'authenticate', data, ...fields }), headers: { 'content-type': 'application/json', ...headers } })
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    expect((await send({ csrfToken }, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await send({}, {})).status).toBe(403)
    expect((await send({ csrfToken: 'x' }, {})).status).toBe(403)
    expect(await getSession(visitor)).toBeNull()
    expect((await visitor.fetch('/api/auth/signin/passkey', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(403)
  })
})

describe('what a client sends wrong is 400, never the server\'s trouble', () => {
  it.each([
    { action: 'remove' }, { action: 1 }, { action: ['register'] }, { action: null }, { email: 1 }, { email: ['a@app.example'] }, { email: 'a@x,b@y' }, { action: 'register', email: 'ada\uFF20app.example' },
    { action: 'register' }, { action: 'register', email: '' }, { action: 'register', email: 'ada@app.example' },
  ])('asking for a challenge: %j', async (fields) => {
    expect(await ask(new Visitor(), fields)).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
  })

  it.each([
    [undefined, '{}'], ['remove', '{}'], [1, '{}'], ['authenticate', undefined], ['authenticate', ''], ['authenticate', '{'], ['authenticate', 'null'], ['authenticate', '[]'], ['authenticate', '{}'], ['authenticate', 1],
    ['authenticate', { id: 'x' }], ['authenticate', '{"id":1,"response":{}}'], ['authenticate', '{"id":"x"}'], ['authenticate', '{"id":"","response":{}}'], ['authenticate', '{"id":"\\u0000","response":{}}'],
    ['authenticate', '{"id":"x","response":{"transports":"usb"}}'], ['register', '{"id":"x","response":{}}'], ['authenticate', '{"id":"__proto__","response":{}}'],
  ])('proving it: %j %j', async (action, data) => {
    const visitor = new Visitor()
    await getOffer(visitor)
    expect(await prove(visitor, action, data)).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError' })
    expect(await prove(new Visitor(), action, data), 'without a challenge').toMatchObject({ ok: false, status: 400 })
  })

  it('proving a sign-in with the challenge of a registration, and the other way round', async () => {
    const { authenticator } = await signedUp()
    const visitor = new Visitor()
    const registration = await getOffer(visitor, { action: 'register', email: newAddress() })
    expect(await prove(visitor, 'authenticate', authenticator.authenticate({ ...registration, options: { ...registration.options, rpId: 'localhost' } }))).toMatchObject({ status: 400 })
    const authentication = await getOffer(visitor)
    expect(await prove(visitor, 'register', new Authenticator(getOrigin()).register({ ...authentication, options: { ...authentication.options, rp: { id: 'localhost' } } }))).toMatchObject({ status: 400 })
    expect(await getSession(visitor)).toBeNull()
  })

  it.each(['', 'x', 'a.b.c.d.e'])('a challenge cookie that is none: %j', async (cookie) => {
    const { authenticator } = await signedUp()
    const visitor = new Visitor()
    const data = authenticator.authenticate(await getOffer(visitor))
    visitor.cookies.set(challengeName, cookie)
    expect(await prove(visitor, 'authenticate', data)).toMatchObject({ ok: false, status: 400 })
  })

  it('adding a passkey to an account without an address', async () => {
    expect(await ask(await signedIn('Nobody'), { action: 'register' })).toMatchObject({ ok: false, status: 400, code: 'email' })
  })

  it('methods, and a plain form', async () => {
    const get = await new Visitor().fetch('/api/auth/callback/passkey')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await new Visitor().fetch('/api/auth/webauthn-options/passkey?action=remove')).status).toBe(400)
    expect((await new Visitor().fetch('/api/auth/webauthn-options/passkey')).status).toBe(200)
    const visitor = new Visitor()
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    const form = await visitor.fetch('/api/auth/callback/passkey', { method: 'POST', body: new URLSearchParams({ csrfToken, action: 'authenticate', data: '{}' }) })
    expect([form.status, form.headers.get('location')]).toEqual([302, expect.stringContaining('/api/auth/signin?error=WebAuthnVerificationError')])
  })
})

describe('an outage of the database', () => {
  it.each(['authenticator', 'user', 'account'])('is 503 and signs nobody in or out: %s', async (table) => {
    const { authenticator } = await signedUp()
    const visitor = await signedIn('Grace')
    const offers = { register: await getOffer(visitor, { action: 'register' }), authenticate: await getOffer(visitor) }
    const proofs = { authenticate: authenticator.authenticate(offers.authenticate), register: new Authenticator(getOrigin()).register(await getOffer(visitor, { action: 'register' })) }
    await query(`alter table "${table}" rename to "gone"`)
    try {
      if (table !== 'account') expect(await ask(table === 'user' ? new Visitor() : visitor, { action: 'register', email: newAddress() })).toMatchObject({ ok: false, status: 503, error: 'Configuration' })
      expect(await prove(visitor, 'register', proofs.register)).toMatchObject({ ok: false, status: 503, error: 'Configuration' })
      expect(await getSession(visitor)).toMatchObject({ uid: '2' })
      const { webauthn } = table === 'account' ? await ask(visitor) : {}
      if (webauthn) expect(await prove(visitor, 'authenticate', authenticator.authenticate(webauthn))).toMatchObject({ ok: false, status: 503, error: 'Configuration' })
    }
    finally {
      await query(`alter table "gone" rename to "${table}"`)
    }
    expect(await authenticate(visitor, authenticator)).toMatchObject({ ok: true })
  })
})

describe('sessions', () => {
  it('JWE-14 never takes a challenge for a session', async () => {
    const visitor = new Visitor()
    await getOffer(visitor, { action: 'register', email: newAddress() })
    const sealed = visitor.cookies.get(challengeName) ?? ''
    const { value = '' } = await decode<{ value: string }>({ token: sealed, secret, salt: challengeName }) ?? {}
    expect(value.length).toBeGreaterThan(100)
    for (const cookie of [sealed, value]) {
      const thief = new Visitor()
      thief.cookies.set(cookieName, cookie)
      expect(await getSession(thief)).toBeNull()
    }
  })

  it('SES-01, SES-05 never links a passkey to a session that was planted after its owner began to sign up', async () => {
    const visitor = new Visitor()
    const email = newAddress()
    const data = new Authenticator(getOrigin()).register(await getOffer(visitor, { action: 'register', email }))
    const attacker = await signedIn('Grace')
    visitor.cookies.set(cookieName, attacker.cookies.get(cookieName) ?? '')
    const before = await query('select * from "account" where "userId" = $1', ['2'])
    expect(await prove(visitor, 'register', data)).toMatchObject({ ok: false, status: 403, error: 'AccountNotLinked' })
    expect(await query('select * from "account" where "userId" = $1', ['2'])).toEqual(before)
  })

  it('SES-05 never links a passkey to another session than the one that asked for it', async () => {
    const ada = await signedIn('Ada')
    const data = new Authenticator(getOrigin()).register(await getOffer(ada, { action: 'register' }))
    await ada.signIn({ name: 'Grace' })
    expect(await prove(ada, 'register', data)).toMatchObject({ ok: false, status: 403, error: 'AccountNotLinked' })
    ada.cookies.delete(cookieName)
    expect(await prove(ada, 'register', data)).toMatchObject({ ok: false, status: 403, error: 'AccountNotLinked' })
  })

  it('SES-02 never leaves a field of the first user to the owner of a passkey', async () => {
    const { authenticator, email } = await signedUp()
    const visitor = await signedIn('Ada')
    const admin = visitor.cookies.get(cookieName)
    expect(await authenticate(visitor, authenticator)).toMatchObject({ ok: true })
    expect(visitor.cookies.get(cookieName)).not.toBe(admin)
    const { token } = await visitor.json<{ token: Record<string, unknown> }>('/api/token')
    expect(token).toMatchObject({ email, role: 'member' })
    expect(JSON.stringify(token)).not.toMatch(/CANARY|Ada|admin/)
  })

  it('SES-03 changes when the owner proves the passkey again', async () => {
    const { authenticator } = await signedUp()
    const visitor = new Visitor()
    await authenticate(visitor, authenticator)
    const first = visitor.cookies.get(cookieName)
    expect(await authenticate(visitor, authenticator)).toMatchObject({ ok: true })
    expect(visitor.cookies.get(cookieName)).not.toBe(first)
  })

  it('SES-04 never promotes what an anonymous session holds', async () => {
    const visitor = new Visitor()
    visitor.cookies.set(cookieName, await encode({ token: { role: 'admin', cart: 'CANARY-cart', name: 'Somebody' }, secret, salt: cookieName }))
    const email = newAddress()
    expect(await register(visitor, new Authenticator(getOrigin()), { email })).toMatchObject({ ok: true })
    const { token } = await visitor.json<{ token: Record<string, unknown> }>('/api/token')
    expect(token).toMatchObject({ email, role: 'member' })
    expect(JSON.stringify(token)).not.toMatch(/CANARY|Somebody|admin/)
  })
})

describe('in Chromium', () => {
  async function open(): Promise<{ page: NuxtPage, scripts: string[], set: (isVerified: boolean) => Promise<unknown> }> {
    const page = await createPage()
    page.setDefaultTimeout(10_000)
    const scripts: string[] = []
    page.on('response', response => response.url().endsWith('.js') && scripts.push(response.url()))
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options })
    await page.goto(`${getOrigin()}/`, { waitUntil: 'hydration' })
    return { page, scripts, set: isUserVerified => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }) }
  }

  async function click(page: NuxtPage, name: string): Promise<Answer> {
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByLabel('Result').filter({ hasText: '"ok"' }).waitFor()
    return JSON.parse(await page.getByLabel('Result').textContent() ?? '') as Answer
  }
  const waitForStatus = (page: NuxtPage, hasText: string | RegExp) => page.getByRole('status').filter({ hasText }).waitFor()

  it('signs up, signs out, signs in and adds none twice', async () => {
    const { page } = await open()
    const email = newAddress()
    await page.getByLabel('E-mail').fill(email)
    expect(await click(page, 'Sign up with a passkey')).toMatchObject({ ok: true, status: 200, error: null })
    await waitForStatus(page, `authenticated ${email}`)
    expect(await click(page, 'Add a passkey')).toMatchObject({ ok: false, status: 409, error: 'WebAuthnRegistered', code: 'InvalidStateError' })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await waitForStatus(page, 'unauthenticated')
    expect(await click(page, 'Use a passkey')).toMatchObject({ ok: true, status: 200 })
    await waitForStatus(page, `authenticated ${email}`)
    await page.reload()
    await waitForStatus(page, `authenticated ${email}`)
  })

  it('adds a passkey to the account of whoever is signed in, and goes to callbackUrl without a reload', async () => {
    const { page } = await open()
    await page.evaluate(async () => {
      const { csrfToken } = await (await fetch('/api/auth/csrf')).json() as { csrfToken: string }
      await fetch('/api/auth/callback/credentials', { method: 'POST', body: JSON.stringify({ name: 'Grace', csrfToken }), headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1' } })
    })
    await page.goto(`${getOrigin()}/`, { waitUntil: 'hydration' })
    await waitForStatus(page, 'authenticated grace@app.example 2')
    expect(await click(page, 'Add a passkey')).toMatchObject({ ok: true })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await waitForStatus(page, 'unauthenticated')
    await page.getByLabel('redirect').check()
    await page.evaluate(() => Object.assign(window, { marker: true }))
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL(`${getOrigin()}/?back`)
    await waitForStatus(page, 'authenticated grace@app.example 2')
    expect(await page.evaluate(() => 'marker' in window)).toBe(true)
  })

  it('says so when the visitor closes the prompt', async () => {
    const { page, set } = await open()
    await set(false)
    expect(await click(page, 'Use a passkey')).toMatchObject({ ok: false, status: 401, error: 'WebAuthnCancelled', code: 'NotAllowedError', url: null })
    await page.getByLabel('E-mail').fill(newAddress())
    expect(await click(page, 'Sign up with a passkey')).toMatchObject({ ok: false, error: 'WebAuthnCancelled' })
    await waitForStatus(page, 'unauthenticated')
  })

  it('says so when the browser knows no passkeys', async () => {
    const { page } = await open()
    await page.evaluate(() => Object.assign(window, { PublicKeyCredential: undefined }))
    expect(await click(page, 'Use a passkey')).toMatchObject({ ok: false, status: 501, error: 'WebAuthnUnsupported', url: null })
  })

  it('says what the server refuses', async () => {
    const { page } = await open()
    await page.getByLabel('E-mail').fill('ada@app.example')
    expect(await click(page, 'Sign up with a passkey')).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError', code: 'refused' })
  })

  it('loads what passkeys need only with the first one', async () => {
    const { page, scripts } = await open()
    const load = async (name: string) => {
      await click(page, name)
      return await Promise.all(scripts.splice(0).map(async script => await (await fetch(script.replace('localhost', '127.0.0.1'))).text()))
    }
    const isPasskey = (text: string) => text.includes('parseRequestOptionsFromJSON')
    expect((await load('Send a link')).some(isPasskey)).toBe(false)
    expect((await load('Use a passkey')).filter(isPasskey).length).toBe(1)
  })
})
