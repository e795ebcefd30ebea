import { customFetch } from '@auth/core'
import { createError } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sealCsrfToken } from '../../../../src/runtime/server/token/csrf'
import { refuseSignIn } from '../../../../src/runtime/server/authjs/outcome'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { NuxtAuthError } from '../../../../src/runtime/shared/errors'
import type { AuthResult } from '../../../../src/runtime/shared/types'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { MemoryAdapter } from '../../memory-adapter'
import { options } from '../../options-module'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const origin = 'https://app.example'
const log: unknown[][] = []

/** A provider that answers in this process. */
const answers: { profile: object } = { profile: { id: 7, email: 'ada@app.example' } }
const provider = {
  id: 'hub', name: 'Hub', type: 'oauth', clientId: 'app', clientSecret: 'x', checks: ['state'],
  authorization: 'https://id.example/authorize?scope=x', token: 'https://id.example/token', userinfo: 'https://id.example/userinfo',
  profile: ({ id, email }: { id: number, email: string }) => ({ id: String(id), email }),
  [customFetch]: async (url: string | URL) => Response.json(String(url).endsWith('/token') ? { access_token: 'x', token_type: 'bearer' } : answers.profile),
}
const password = credentials({ credentials: { name: {}, password: { type: 'password' } }, authorize: ({ password }) => password === 'right' ? { id: '1' } : null })

function define(more: object = {}, providers: object[] = [password, provider]): void {
  current.definition = { providers, ...more }
}

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', origin)
  answers.profile = { id: 7, email: 'ada@app.example' }
  log.length = 0
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation((...line) => void log.push([level, ...line]))
  define()
})

interface Sent { status: number, location: string | null, cookies: string[], result: AuthResult & Record<string, unknown> }

async function post(path: string, fields: Record<string, string>, { isScript = true, cookie = '' } = {}): Promise<Sent> {
  const csrf = `__Host-authjs.csrf-token=${encodeURIComponent(await sealCsrfToken('token', [secret]))}`
  const headers = { 'cookie': `${csrf}; ${cookie}`, 'content-type': 'application/x-www-form-urlencoded', ...(isScript && { 'x-auth-return-redirect': '1' }) }
  return await toSent(await handler(toEvent(headers, path, String(new URLSearchParams({ csrfToken: 'token', ...fields })))) as Response)
}

async function toSent(response: Response): Promise<Sent> {
  const text = await response.text()
  return { status: response.status, location: response.headers.get('location'), cookies: response.headers.getSetCookie(), result: text.startsWith('{') ? JSON.parse(text) as never : {} as never }
}

const signIn = (fields: Record<string, string> = {}, options?: Parameters<typeof post>[2]) => post('/api/auth/signin/credentials', { name: 'ada', password: 'right', ...fields }, options)
const isSignedIn = ({ cookies }: Sent) => cookies.some(cookie => /session-token=ey/.test(cookie))
const toCookie = ({ cookies }: Sent) => cookies.map(cookie => cookie.split(';')[0]).join('; ')

/** To the provider and back. */
async function visitProvider(callbackUrl = '/account', query: Record<string, string> = { code: 'x' }): Promise<Sent> {
  const left = await post('/api/auth/signin/hub', { callbackUrl })
  const state = new URL(left.result.url ?? '').searchParams.get('state') ?? ''
  return await toSent(await handler(toEvent({ cookie: toCookie(left) }, `/api/auth/callback/hub?${new URLSearchParams({ state, ...query })}`)) as Response)
}

const misleading = ['/?error=CredentialsSignin', '/?error=x&code=y', '/?error=', '/report?code=y&error=Configuration&error=AccessDenied#error=x']

describe('a sign-in that the user cancelled at the provider', () => {
  afterEach(() => void Object.assign(options, { redirect: { ...options.redirect, signIn: '' } }))

  it.each([
    [undefined, '/login'],
    [{ signIn: '/enter' }, '/enter'],
    [{ signIn: undefined }, '/login'],
    [{ error: '/oops' }, '/login'],
    [{ signIn: '/enter', error: '/oops' }, '/enter'],
  ])('ends on the app\'s own sign-in page, with the error in its query, with the pages %j', async (pages, page) => {
    Object.assign(options, { redirect: { ...options.redirect, signIn: '/login' } })
    define({ pages })
    expect((await visitProvider('/account', { error: 'access_denied' })).location).toBe(`${origin}${page}?error=AccessDenied`)
  })

  it('ends on the default page if the app has none', async () => {
    define({ pages: { signIn: undefined, error: '/oops' } })
    expect((await visitProvider('/account', { error: 'access_denied' })).location).toBe(`${origin}/api/auth/signin?error=AccessDenied`)
  })
})

describe('ACT-01 a query of the client\'s', () => {
  it.each(misleading)('never makes a failure of a sign-in that leads to %s', async (callbackUrl) => {
    const sent = await signIn({ callbackUrl })
    expect([sent.status, sent.result, isSignedIn(sent)]).toEqual([200, { ok: true, status: 200, url: origin + callbackUrl, error: null, code: null, session: expect.any(Object) }, true])
  })

  it.each(misleading)('never makes a failure of a sign-out that leads to %s', async (callbackUrl) => {
    const sent = await post('/api/auth/signout', { callbackUrl }, { cookie: toCookie(await signIn()) })
    expect([sent.status, sent.result]).toEqual([200, { ok: true, status: 200, url: origin + callbackUrl, error: null, code: null }])
  })

  it.each(misleading)('never makes a failure of a form or a provider that leads to %s', async (callbackUrl) => {
    expect(await signIn({ callbackUrl }, { isScript: false })).toMatchObject({ status: 302, location: origin + callbackUrl })
    const sent = await visitProvider(callbackUrl)
    expect([sent.location, isSignedIn(sent)]).toEqual([origin + callbackUrl, true])
  })

  it('never makes a success of a refusal, whatever the address of the app\'s own page says', async () => {
    define({ pages: { signIn: '/login?error=none&lang=de' } })
    const { status, result } = await signIn({ password: 'wrong', callbackUrl: '/?error=none' })
    expect([status, result]).toEqual([401, { ok: false, status: 401, url: `${origin}/login?error=CredentialsSignin&lang=de&code=credentials`, error: 'CredentialsSignin', code: 'credentials' }])
  })
})

describe('a sign-in that leaves nobody signed in', () => {
  it('is refused where callbacks.jwt made no token', async () => {
    define({ callbacks: { jwt: () => null } })
    expect((await signIn({ callbackUrl: '/account' })).result).toEqual({ ok: false, status: 403, url: `${origin}/api/auth/error?error=AccessDenied`, error: 'AccessDenied', code: null })
    expect((await visitProvider()).location).toBe(`${origin}/api/auth/error?error=AccessDenied`)
  })

  it('is refused where callbacks.signIn names a page, and leads there', async () => {
    define({ callbacks: { signIn: () => '/unauthorized?error=own' } })
    const sent = await signIn({ callbackUrl: '/account' })
    expect([sent.status, sent.result, isSignedIn(sent)]).toEqual([403, { ok: false, status: 403, url: `${origin}/unauthorized?error=own`, error: 'AccessDenied', code: null, redirect: true }, false])
    expect(await signIn({ callbackUrl: '/account' }, { isScript: false })).toMatchObject({ status: 302, location: `${origin}/unauthorized?error=own` })
    expect((await visitProvider()).location).toBe(`${origin}/unauthorized?error=own`)
  })
})

describe('callbacks.redirect', () => {
  const redirect = vi.fn(({ url }: { url: string }) => `https://tenant.example/dash?from=${encodeURIComponent(url)}`)

  it('leads to another origin: credentials, a form, a provider and a sign-out', async () => {
    define({ callbacks: { redirect } })
    expect((await signIn({ callbackUrl: '/account' })).result).toMatchObject({ ok: true, url: 'https://tenant.example/dash?from=%2Faccount', redirect: true })
    expect((await signIn({ callbackUrl: '/account' }, { isScript: false })).location).toBe('https://tenant.example/dash?from=%2Faccount')
    expect((await visitProvider()).location).toBe('https://tenant.example/dash?from=%2Faccount')
    expect((await post('/api/auth/signout', { callbackUrl: '/bye' })).result).toMatchObject({ ok: true, url: 'https://tenant.example/dash?from=%2Fbye', redirect: true })
  })

  it('never gets a foreign address, and without it none goes out', async () => {
    define({ callbacks: { redirect } })
    redirect.mockClear()
    for (const callbackUrl of ['https://evil.example', '//evil.example', 'javascript:alert(1)', '/\\evil.example']) {
      await signIn({ callbackUrl }, { cookie: '__Host-authjs.callback-url=https%3A%2F%2Fevil.example' })
      await visitProvider(callbackUrl)
    }
    expect(redirect).toHaveBeenCalled()
    for (const [{ url }] of redirect.mock.calls) expect(new URL(url, origin).href).toBe(`${origin}/`)
    define()
    expect((await signIn({ callbackUrl: 'https://evil.example' })).result).toMatchObject({ ok: true, url: `${origin}/` })
  })

  it('never leaves a foreign address in the cookie that the next sign-in reads', async () => {
    define({ callbacks: { redirect } })
    for (const { cookies } of [await signIn({ callbackUrl: '/x' }), await visitProvider()]) expect(cookies.join()).not.toContain('tenant')
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', '', undefined])('that returns %j leads where the client asked for', async (url) => {
    define({ callbacks: { redirect: () => url } })
    const sent = await signIn({ callbackUrl: '/account' })
    expect([sent.result.ok, sent.result.url, isSignedIn(sent)]).toEqual([true, `${origin}/account`, true])
    expect(log).toContainEqual(['error', expect.stringContaining('AUTH_R052')])
  })
})

describe('a callback that fails on what a provider answered', () => {
  const cannotRead = ({ email }: { email?: string | null }) => email!.endsWith('@app.example')

  it('is a refusal with a code, and the cause is in the log', async () => {
    answers.profile = { id: 7, email: null }
    define({ callbacks: { signIn: ({ profile }: { profile: { email?: string } }) => cannotRead(profile) } })
    expect((await visitProvider()).location).toBe(`${origin}/api/auth/error?error=AccessDenied&code=AUTH_R050`)
    expect(log).toEqual([['error', expect.stringContaining('AUTH_R050: `callbacks.signIn` failed for provider `hub`'), expect.any(TypeError)]])
    log.length = 0
    define({}, [{ ...provider, profile: (profile: { email?: string }) => ({ id: '7', isOurs: cannotRead(profile) }) }])
    expect((await visitProvider()).location).toBe(`${origin}/api/auth/error?error=AccessDenied&code=AUTH_R050`)
    expect(log).toEqual([['error', expect.stringContaining('AUTH_R050: `profile` failed for provider `hub`'), expect.any(TypeError)]])
  })

  it('never makes a refusal of an outage', async () => {
    const outages = [new NuxtAuthError('AUTH_R010'), Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), new TypeError('fetch failed'), createError({ statusCode: 502 }), new DOMException('x', 'TimeoutError')]
    for (const outage of outages) {
      define({ callbacks: { signIn: () => Promise.reject(outage) } })
      expect((await visitProvider()).location, String(outage)).toBe(`${origin}/api/auth/signin?error=Unavailable`)
      expect((await signIn()).result, String(outage)).toMatchObject({ ok: false, status: 503 })
    }
  })

  it('keeps the status and the message of createError', async () => {
    define({ callbacks: { signIn: () => Promise.reject(createError({ statusCode: 451, statusMessage: 'region' })) } })
    expect((await signIn()).result).toMatchObject({ ok: false, status: 451, error: 'AccessDenied', code: 'region' })
    expect((await visitProvider()).location).toBe(`${origin}/api/auth/error?error=AccessDenied&code=region`)
  })
})

describe('authorize that throws a validation error', () => {
  const issues = [{ path: ['name'], message: 'Too short', input: 'CANARY' }, { path: [{ key: 'address' }, 'city'], message: 'Required' }]

  it('is 400 with the fields', async () => {
    define({}, [credentials({ credentials: { name: {} }, authorize: () => Promise.reject(Object.assign(new Error('x'), { issues })) })])
    const { status, result } = await signIn()
    expect([status, result]).toEqual([400, {
      ok: false, status: 400, url: `${origin}/api/auth/signin?error=CredentialsSignin&code=invalid`, error: 'CredentialsSignin', code: 'invalid',
      issues: [{ path: 'name', message: 'Too short' }, { path: 'address.city', message: 'Required' }],
    }])
    expect((await signIn({}, { isScript: false })).location).toBe(`${origin}/api/auth/signin?error=CredentialsSignin&code=invalid`)
    expect(JSON.stringify(log)).not.toContain('CANARY')
  })
})

describe('a refused sign-in', () => {
  const reasons: [string, object, object[] | undefined, Record<string, string>, RegExp][] = [
    ['a wrong password', {}, undefined, { password: 'wrong' }, /authorize returned no user/],
    ['a status', {}, [credentials({ credentials: {}, authorize: () => Promise.reject(createError({ statusCode: 423, statusMessage: 'ada-CANARY' })) })], {}, /authorize refused with status 423/],
    ['callbacks.signIn', { callbacks: { signIn: () => false } }, undefined, {}, /callbacks.signIn returned false/],
    ['callbacks.signIn and a page', { callbacks: { signIn: () => '/x?CANARY' } }, undefined, {}, /callbacks.signIn named another page/],
    ['callbacks.jwt', { callbacks: { jwt: () => null } }, undefined, {}, /callbacks.jwt returned null/],
    ['a missing token', {}, undefined, { csrfToken: 'CANARY' }, /CSRF token/],
  ]
  it.each(reasons)('says why in one line of the log, never what was sent: %s', async (_, more, providers, fields, reason) => {
    define(more, providers)
    const { result } = await signIn({ name: 'ada-CANARY', ...fields })
    expect(result.ok).toBe(false)
    expect(log).toEqual([['warn', expect.stringMatching(reason)]])
    expect(String(log)).toMatch(/^warn,\[nuxt-authjs\] sign-in refused \{"error":"\w+",.*"reason":"[^"]+"\}$/)
    expect(JSON.stringify([log, result.error])).not.toContain('CANARY')
  })
})

// Last: Auth.js remembers for the whole process that some definition had an email provider, and then asks every other one for an adapter.
describe('a magic link', () => {
  const links: string[] = []
  const mail = { id: 'mail', name: 'Mail', type: 'email', sendVerificationRequest: ({ url }: { url: string }) => links.push(url) }
  async function followLink(callbackUrl: string, more: object = {}): Promise<Sent> {
    define({ adapter: new MemoryAdapter([]), session: { strategy: 'jwt' }, ...more }, [mail])
    expect((await post('/api/auth/signin/mail', { email: 'ada@app.example', callbackUrl })).result).toMatchObject({ ok: true, status: 200 })
    return await toSent(await handler(toEvent({}, links.pop()?.slice(origin.length) ?? '')) as Response)
  }

  it.each(misleading)('ACT-01 never is a failure because it leads to %s', async (callbackUrl) => {
    const sent = await followLink(callbackUrl)
    expect([sent.location, isSignedIn(sent)]).toEqual([origin + callbackUrl, true])
  })

  it('leads where callbacks.redirect says, on any origin', async () => {
    expect((await followLink('/account', { callbacks: { redirect: () => 'https://tenant.example/dash' } })).location).toBe('https://tenant.example/dash')
  })

  it('is refused before it is sent where callbacks.signIn says so', async () => {
    for (const [signIn, url] of [[() => '/waitlist', `${origin}/waitlist`], [() => false, `${origin}/api/auth/error?error=AccessDenied`]] as const) {
      define({ adapter: new MemoryAdapter([]), session: { strategy: 'jwt' }, callbacks: { signIn } }, [mail])
      expect((await post('/api/auth/signin/mail', { email: 'ada@app.example' })).result).toMatchObject({ ok: false, status: 403, error: 'AccessDenied', url })
    }
    expect(links).toEqual([])
  })
})

const toRefused = (pages: object | undefined, headers: Record<string, string>) => ({ action: { name: 'signin', provider: 'mail' }, config: { basePath: '/base/api/auth', origin: 'https://app.example', pages }, parts: { headers: new Headers(headers) } }) as never
const script = { 'x-auth-return-redirect': '1' }

describe('a sign-in that is refused', () => {
  it('is a result with its status, for a script', () => {
    const answer = refuseSignIn(toRefused({}, script), { status: 400, error: 'EmailSignin', code: 'invalid' })
    expect([answer.status, answer.headers]).toEqual([400, { 'content-type': 'application/json' }])
    expect(answer.body).toEqual({ ok: false, status: 400, error: 'EmailSignin', code: 'invalid', url: 'https://app.example/base/api/auth/signin?error=EmailSignin&code=invalid' })
  })

  it.each([
    [undefined, 'EmailSignin', 'https://app.example/base/api/auth/signin?error=EmailSignin'],
    [undefined, 'Verification', 'https://app.example/base/api/auth/error?error=Verification'],
    [{ signIn: '/base/login', error: '/base/oh' }, 'EmailSignin', 'https://app.example/base/login?error=EmailSignin'],
    [{ signIn: '/base/login', error: '/base/oh' }, 'Verification', 'https://app.example/base/oh?error=Verification'],
  ])('leads a form, with the pages %j and %s, to %s', (pages, error, url) => {
    expect(refuseSignIn(toRefused(pages, {}), { status: 400, error })).toEqual({ status: 302, headers: { location: url }, failure: { status: 400, error, page: error === 'Verification' ? 'error' : 'signIn' } })
  })
})
