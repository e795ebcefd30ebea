import Nodemailer from '@auth/core/providers/nodemailer'
import type { EmailConfig } from '@auth/core/providers'
import GitHub from '@auth/core/providers/github'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { guardEmailProviders, runEmail } from '../../../../src/runtime/server/authjs/email'
import { resolveProviders } from '../../../../src/runtime/server/config/providers'
import { credentials } from '../../../../src/runtime/server/define'
import { current } from '../../definition-module'
import { MemoryAdapter } from '../../memory-adapter'
import { Visitor } from '../../visitor'

const server = 'smtp://127.0.0.1'

describe('the providers', () => {
  it('for e-mail take one spelling, as long as they have no rule of their own', () => {
    const own = (email: string) => `own:${email}`
    const providers = resolveProviders([Nodemailer({ server }), Nodemailer({ server, normalizeIdentifier: own }), GitHub], {})
    const [plain, written, other] = guardEmailProviders(providers) as [EmailConfig, EmailConfig, unknown]
    expect(plain.normalizeIdentifier?.('Ada@App.Example')).toBe('ada@app.example')
    expect(() => plain.normalizeIdentifier?.('"a@x"@y')).toThrow()
    expect(written.normalizeIdentifier).toBe(own)
    expect(other).toBe(providers[2])
  })

  it('refuse with 400 what their own rule throws at', async () => {
    const provider = { ...Nodemailer({ server }), normalizeIdentifier: () => expect.unreachable() }
    const run = { config: { basePath: '/api/auth', origin: 'https://app.example' }, action: { name: 'signin', provider: 'nodemailer' }, fields: { email: 'ada@app.example' }, parts: { method: 'POST', path: '/', headers: new Headers({ 'x-auth-return-redirect': '1' }) } }
    const answer = await runEmail(run as never, provider)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ ok: false, error: 'EmailSignin', code: 'invalid' })
  })
})

/** MySQL's default collation: letters count without case and accents. */
class CarelessAdapter extends MemoryAdapter {
  override async getUserByEmail(email: string) {
    const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    return [...this.users.values()].find(user => fold(user.email) === fold(email)) ?? null
  }
}

describe('a magic link', () => {
  let adapter: MemoryAdapter
  let link: URL
  const form = credentials({ credentials: { id: {} }, authorize: ({ id }) => id ? { id } : null })
  const mail = { id: 'email', type: 'email', name: 'Email', maxAge: 60, sendVerificationRequest: ({ url }: { url: string }) => void (link = new URL(url)) }
  const toDefinition = () => ({ providers: [form, mail], adapter, session: { strategy: 'jwt' }, extend: { session: ({ token }: { token: { sub: string } }) => ({ uid: token.sub }) } })

  beforeEach(() => {
    vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
    vi.stubEnv('AUTH_URL', 'https://app.example')
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    vi.spyOn(console, 'error').mockImplementation(() => {})
    adapter = new CarelessAdapter([{ id: '7', email: 'alice@example.com' }, { id: '8', email: 'grace@example.com' }])
    current.definition = toDefinition()
  })
  afterEach(() => void vi.unstubAllEnvs())

  async function open(visitor: Visitor, email: string): Promise<Response> {
    await visitor.post('/api/auth/signin/email', { email, callbackUrl: '/account' })
    return await visitor.get(link.pathname + link.search)
  }
  const whoIs = async (visitor: Visitor) => (await (await visitor.get('/api/auth/session')).json() as { uid: string } | null)?.uid
  const toFields = (page: string) => Object.fromEntries([...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, value]))

  it.each(['alice@\u00E9xample.com', 'alic\u00E9@example.com'])('EML-01 for %s never signs in the user whose address an adapter takes for the same', async (email) => {
    const visitor = new Visitor()
    await open(visitor, email)
    expect(await whoIs(visitor)).not.toBe('7')
    expect(adapter.users.get('7')).toEqual({ id: '7', email: 'alice@example.com', emailVerified: null })
  })

  it('signs in the user whose address is written in capitals in the database', async () => {
    adapter.users.set('9', { id: '9', email: 'Ada@Example.com', emailVerified: null })
    const visitor = new Visitor()
    await open(visitor, 'ada@example.com')
    expect(await whoIs(visitor)).toBe('9')
  })

  it.each([undefined, { strategy: 'database' }])('LNK-02 asks before it replaces another user\'s session, and then leads where it did before, with %j', async (session) => {
    current.definition = { ...toDefinition(), session: session ?? { strategy: 'jwt' }, ...(session && { extend: { session: ({ user }: { user: { id: string } }) => ({ uid: user.id }) } }) }
    const visitor = new Visitor()
    await visitor.post('/api/auth/callback/credentials', { id: '8' })
    const page = await open(visitor, 'alice@example.com')
    expect(page.status).toBe(200)
    expect([await whoIs(visitor), adapter.links.length]).toEqual(['8', 1])
    const { csrfToken: _, ...fields } = toFields(await page.text())
    expect(fields).toMatchObject({ email: 'alice@example.com', callbackUrl: '/account' })
    const done = await visitor.post('/api/auth/callback/email', fields)
    expect(await done.json()).toMatchObject({ url: 'https://app.example/account' })
    expect(await whoIs(visitor)).toBe('7')
  })

  it('LNK-02 never takes a confirmation without the CSRF token of this browser', async () => {
    const visitor = new Visitor()
    await visitor.post('/api/auth/callback/credentials', { id: '8' })
    const fields = toFields(await (await open(visitor, 'alice@example.com')).text())
    await visitor.post('/api/auth/callback/email', { ...fields, csrfToken: 'wrong' })
    await visitor.post(`/api/auth/callback/email${link.search}`, { csrfToken: 'wrong' })
    expect([await whoIs(visitor), adapter.links.length]).toEqual(['8', 1])
  })

  it('asks nothing if nobody is signed in, or the same user is', async () => {
    const visitor = new Visitor()
    for (let round = 0; round < 2; round++) {
      expect((await open(visitor, 'alice@example.com')).status).toBe(302)
      expect(await whoIs(visitor)).toBe('7')
    }
  })
})
