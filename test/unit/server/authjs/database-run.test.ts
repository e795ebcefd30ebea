import { customFetch } from '@auth/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { getServerSession } from '../../../../src/runtime/server/session/session'
import { toSessionKey } from '../../../../src/runtime/server/session/rows'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { MemoryAdapter } from '../../memory-adapter'
import { Visitor } from '../../visitor'

const name = '__Host-authjs.session-token'
let adapter: MemoryAdapter
let sent: URL

const form = credentials({ credentials: { id: {} }, authorize: ({ id }) => id ? { id, name: 'from authorize' } : null })
const mail = { id: 'email', type: 'email', name: 'E-mail', maxAge: 60, sendVerificationRequest: ({ url }: { url: string }) => void (sent = new URL(url)) }
/** An identity provider without a network: who signs in there is told by the code. */
const idp = {
  id: 'idp', type: 'oauth', name: 'Idp', clientId: 'x', clientSecret: 'y', checks: ['state'], authorization: 'https://idp.example/auth', token: 'https://idp.example/token',
  userinfo: { url: 'https://idp.example/me', request: ({ tokens }: { tokens: { access_token: string } }) => ({ sub: tokens.access_token }) },
  profile: ({ sub }: { sub: string }) => ({ id: sub, name: sub, email: `${sub}@idp.example` }),
  [customFetch]: async (_: string, { body }: { body: URLSearchParams }) => Response.json({ access_token: body.get('code'), token_type: 'bearer' }),
}

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  adapter = new MemoryAdapter([{ id: '7', name: 'Ada' }, { id: '8', name: 'Grace' }])
  current.definition = { providers: [form, mail, idp], adapter, extend: { session: ({ user }: { user: { id: string } }) => ({ user: { id: user.id } }) } }
})
afterEach(() => void vi.unstubAllEnvs())

async function signInWithForm(visitor: Visitor, id: string): Promise<Response> {
  return await visitor.post('/api/auth/callback/credentials', { id })
}

async function signInWithIdp(visitor: Visitor, code: string, link = false): Promise<Response> {
  const { url } = await (await visitor.post('/api/auth/signin/idp', { link })).json() as { url: string }
  return await visitor.get(`/api/auth/callback/idp?${new URLSearchParams({ code, state: new URL(url).searchParams.get('state') ?? '' })}`)
}

async function signInWithMail(visitor: Visitor, email: string): Promise<Response> {
  await visitor.post('/api/auth/signin/email', { email })
  return await visitor.get(sent.pathname + sent.search)
}

const who = async (cookie: string | undefined) => (await getServerSession(toEvent({ cookie: `${name}=${cookie}` })) as { user: { id?: string } } | null)?.user.id

describe('credentials with a database', () => {
  it('ADP-12 sign in with a session row, also as the only provider, under either spelling', async () => {
    for (const session of [undefined, { strategy: 'database' }]) {
      current.definition = { ...current.definition as object, providers: [form], session }
      const visitor = new Visitor()
      expect(await (await signInWithForm(visitor, '7')).json()).toMatchObject({ ok: true, status: 200 })
      expect([...adapter.sessions.values()].at(-1)).toMatchObject({ userId: '7', sessionToken: await toSessionKey(visitor.cookies.get(name) ?? '') })
      expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ user: { id: '7', name: 'Ada' } })
    }
  })

  it('ADP-12 are a clear error for a user whom the database does not have, and no session', async () => {
    const visitor = new Visitor()
    const response = await signInWithForm(visitor, '9')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(vi.mocked(console.error).mock.calls.flat().map(String).join()).toContain('AUTH_R031')
    expect([visitor.cookies.has(name), adapter.sessions.size]).toEqual([false, 0])
  })

  it('refuse wrong ones as ever, and leave the session that there is', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    expect((await signInWithForm(visitor, '')).status).toBe(401)
    expect(await who(visitor.cookies.get(name))).toBe('7')
  })
})

describe('a sign-in', () => {
  const ways = { credentials: (visitor: Visitor) => signInWithForm(visitor, '7'), provider: (visitor: Visitor) => signInWithIdp(visitor, 'ada'), email: (visitor: Visitor) => signInWithMail(visitor, '7@app.example') }

  it.each(Object.entries(ways))('SES-03 with %s, again, has another token, and ends the one before', async (_, signIn) => {
    const visitor = new Visitor()
    const tokens = []
    for (let round = 0; round < 3; round++) {
      await signIn(visitor)
      tokens.push(visitor.cookies.get(name))
    }
    expect(new Set(tokens).size).toBe(3)
    expect(adapter.sessions.size).toBe(1)
    expect(await who(tokens[0])).toBeUndefined()
    expect(await who(tokens[2])).toBeDefined()
  })

  it.each(Object.entries(ways))('SES-01 with %s never keeps a token that was there before', async (_, signIn) => {
    const visitor = new Visitor()
    visitor.cookies.set(name, 'a'.repeat(43))
    await signIn(visitor)
    expect(visitor.cookies.get(name)).toMatch(/^(?!a{43})[\w-]{43}$/)
  })

  it('that can\'t be given a session of its own ends on the error page, and in none', async () => {
    const visitor = new Visitor()
    await signInWithIdp(visitor, 'ada')
    const before = visitor.cookies.get(name)
    adapter.createSession = () => Promise.reject(new Error('read-only'))
    const { url } = await (await visitor.post('/api/auth/signin/idp', {})).json() as { url: string }
    const event = toEvent({ host: 'app.example', cookie: visitor.header }, `/api/auth/callback/idp?${new URLSearchParams({ code: 'ada', state: new URL(url).searchParams.get('state') ?? '' })}`)
    const response = await handler(event) as Response
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://app.example/api/auth/error?error=Configuration'])
    expect(response.headers.getSetCookie().filter(cookie => cookie.startsWith(`${name}=`))).toEqual([])
    expect(await who(before)).toBeDefined()
  })

  it('SES-02 as somebody else leaves nothing of the first user', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    const before = visitor.cookies.get(name)
    await signInWithForm(visitor, '8')
    expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ user: { id: '8', name: 'Grace' } })
    expect(await who(before)).toBeUndefined()
  })

  it('links a second account to who is signed in, and never to who was once', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    // Auth.js takes this for a part of the session's cookie.
    visitor.cookies.set(`${name}-2`, 'x')
    await signInWithIdp(visitor, 'ada', true)
    expect(adapter.accounts).toMatchObject([{ provider: 'idp', providerAccountId: 'ada', userId: '7' }])
    for (const session of adapter.sessions.values()) session.expires = new Date(0)
    await signInWithIdp(visitor, 'grace')
    expect(adapter.accounts[1]).not.toMatchObject({ userId: '7' })
  })

  it('never takes another cookie for the session, however its name begins', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    visitor.cookies.set(`${name}-2`, 'x')
    visitor.cookies.set(`${name}.9`, 'x')
    const before = visitor.cookies.get(name)
    await visitor.post('/api/auth/signout', {})
    expect([adapter.sessions.size, await who(before)]).toEqual([0, undefined])
  })
})

describe('what has to last', () => {
  it('is written by events.signIn, and shown by the next read', async () => {
    const signIn = async ({ user, profile }: { user: { id: string }, profile: { sub: string } }) => void await adapter.updateUser({ id: user.id, login: profile.sub } as never)
    current.definition = { providers: [idp], adapter, events: { signIn }, extend: { session: ({ user }: { user: { login: string } }) => ({ login: user.login }) } }
    const visitor = new Visitor()
    await signInWithIdp(visitor, 'ada')
    expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ login: 'ada', user: { name: 'ada' } })
  })
})

describe('a sign-out', () => {
  it('SES-09 deletes the row: a copy of the cookie is worth nothing', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    const copy = visitor.cookies.get(name)
    expect((await visitor.post('/api/auth/signout', {})).status).toBe(200)
    expect([visitor.cookies.has(name), adapter.sessions.size, await who(copy)]).toEqual([false, 0, undefined])
  })

  it('SES-11 that the database does not take is a 503; the cookie is gone and its copy is worth nothing', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    const copy = visitor.cookies.get(name)
    adapter.deleteSession = () => Promise.reject(new Error('away'))
    const response = await visitor.post('/api/auth/signout', {})
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.json()).toEqual({ ok: false, status: 503, url: null, error: 'SignOutError', code: null })
    expect([visitor.cookies.has(name), await who(copy)]).toEqual([false, undefined])
  })

  it('never happens without a CSRF token', async () => {
    const visitor = new Visitor()
    await signInWithForm(visitor, '7')
    await visitor.post('/api/auth/signout', { csrfToken: 'x' })
    expect(await who(visitor.cookies.get(name))).toBe('7')
  })
})

describe('a link sent by e-mail', () => {
  it('ADP-11 signs in with a class for an adapter, and a session in a token beside it', async () => {
    current.definition = { providers: [mail], adapter, session: { strategy: 'jwt' } }
    const visitor = new Visitor()
    await signInWithMail(visitor, '7@app.example')
    expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ user: { name: 'Ada' } })
    expect(adapter.sessions.size).toBe(0)
  })

  it('ADP-07 signs in once, however many follow it at once', async () => {
    await new Visitor().post('/api/auth/signin/email', { email: '7@app.example' })
    const visitors = Array.from({ length: 20 }, () => new Visitor())
    await Promise.all(visitors.map(visitor => visitor.get(sent.pathname + sent.search)))
    expect(visitors.filter(visitor => visitor.cookies.has(name))).toHaveLength(1)
    expect(adapter.sessions.size).toBe(1)
  })
})
