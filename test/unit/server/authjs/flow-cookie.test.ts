import { customFetch } from '@auth/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { MemoryAdapter } from '../../memory-adapter'
import { Visitor } from '../../visitor'

const flowCookie = '__Host-authjs.flow'
let adapter: MemoryAdapter

const form = credentials({ credentials: { id: {} }, authorize: ({ id }) => id ? { id } : null })
/** A provider without a network that ignores PKCE: the code names who signed in there. */
const toProvider = (id: string, more: object = {}) => ({
  id, type: 'oauth', name: id, clientId: 'x', clientSecret: 'y', authorization: 'https://idp.example/auth', token: 'https://idp.example/token',
  userinfo: { url: 'https://idp.example/me', request: ({ tokens }: { tokens: { access_token: string } }) => ({ sub: tokens.access_token }) },
  profile: ({ sub }: { sub: string }) => ({ id: sub, name: sub, email: `${sub}@idp.example` }),
  [customFetch]: async (_: string, { body }: { body: URLSearchParams }) => Response.json({ access_token: body.get('code'), token_type: 'bearer' }),
  ...more,
})
const formPost = { authorization: { url: 'https://idp.example/auth', params: { response_mode: 'form_post' } } }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  adapter = new MemoryAdapter([{ id: '7', name: 'Ada' }, { id: '8', name: 'Grace' }])
  current.definition = { providers: [form, toProvider('idp'), toProvider('other'), toProvider('bare', { checks: ['none'] }), toProvider('posting', formPost)], adapter, session: { strategy: 'jwt' }, extend: { session: ({ token }: { token: { sub: string } }) => ({ uid: token.sub }) } }
})
afterEach(() => void vi.unstubAllEnvs())

async function signInAs(id: string, visitor = new Visitor()): Promise<Visitor> {
  await visitor.post('/api/auth/callback/credentials', { id })
  return visitor
}

/** Begins a sign-in. Resolves to the parameters that the provider gets. */
async function begin(visitor: Visitor, provider = 'idp', fields: object = {}): Promise<URLSearchParams> {
  const { url } = await (await visitor.post(`/api/auth/signin/${provider}`, fields)).json() as { url: string }
  return new URL(url).searchParams
}

const toAnswer = (code: string, sent: URLSearchParams) => new URLSearchParams({ code, ...(sent.has('state') && { state: sent.get('state')! }) })
const comeBack = (visitor: Visitor, code: string, sent: URLSearchParams, provider = 'idp') => visitor.get(`/api/auth/callback/${provider}?${toAnswer(code, sent)}`)
const toError = (response: Response) => new URL(response.headers.get('location') ?? '', 'https://app.example').searchParams.get('error')
const owners = () => adapter.accounts.map(({ userId, providerAccountId }) => `${userId} ${providerAccountId}`)
const whoIs = async (visitor: Visitor) => (await (await visitor.get('/api/auth/session')).json() as { uid: string } | null)?.uid

describe('the state of a flow', () => {
  it.each(['idp', 'bare'])('LNK-01 never lets another person\'s callback URL link their account, or sign in, at %s', async (provider) => {
    const [victim, attacker] = [await signInAs('7'), new Visitor()]
    const unredeemed = await begin(attacker, provider)
    await begin(victim, provider, { link: true })
    const before = victim.cookies.get('__Host-authjs.session-token')
    const response = await comeBack(victim, 'eve', unredeemed, provider)
    expect(toError(response)).toBe('OAuthCallbackError')
    expect(adapter.accounts).toEqual([])
    expect(victim.cookies.get('__Host-authjs.session-token')).toBe(before)
  })

  it.each([undefined, ['none'], ['pkce'], []])('LNK-01 is part of every flow, and a nonce with OpenID Connect, where the provider\'s checks are %j', async (checks) => {
    const endpoints = { issuer: 'https://idp.example', authorization: 'https://idp.example/auth', token: 'https://idp.example/token', userinfo: 'https://idp.example/me' }
    current.definition = { providers: [toProvider('idp', { checks }), toProvider('oidc', { type: 'oidc', checks, ...endpoints }), toProvider('wrapped', { options: { checks } })] }
    expect([...(await begin(new Visitor(), 'idp')).keys()]).toContain('state')
    expect([...(await begin(new Visitor(), 'wrapped')).keys()]).toContain('state')
    const sent = await begin(new Visitor(), 'oidc')
    expect([...sent.keys()]).toEqual(expect.arrayContaining(['state', 'nonce']))
    expect(sent.has('code_challenge')).toBe(checks === undefined || checks.includes('pkce'))
  })

  it('sends no nonce to a provider that never returns one', async () => {
    const linkedIn = { type: 'oidc', issuer: 'https://www.linkedin.com/oauth', checks: ['state'] }
    current.definition = { providers: [toProvider('idp', linkedIn)] }
    expect((await begin(new Visitor())).has('nonce')).toBe(false)
  })
})

describe('a wish to link', () => {
  it('links the account to the user who asked for it, once', async () => {
    const visitor = await signInAs('7')
    await comeBack(visitor, 'ada', await begin(visitor, 'idp', { link: true }))
    expect(owners()).toEqual(['7 ada'])
    await comeBack(visitor, 'second', await begin(visitor))
    expect(owners().filter(owner => owner.startsWith('7 '))).toEqual(['7 ada'])
  })

  it('LNK-02 never holds for a user who replaced the first one in this browser, and signs in nobody', async () => {
    const visitor = await signInAs('7')
    const sent = await begin(visitor, 'idp', { link: true })
    await signInAs('8', visitor)
    expect(toError(await comeBack(visitor, 'ada', sent))).toBe('OAuthCallbackError')
    expect(adapter.accounts).toEqual([])
    expect(await whoIs(visitor)).toBe('8')
    visitor.cookies.delete('__Host-authjs.session-token')
    expect(toError(await comeBack(visitor, 'ada', await begin(visitor)))).toBeNull()
    expect(owners()).not.toContain('8 ada')
  })

  it('LNK-02 never holds after a sign-out', async () => {
    const visitor = await signInAs('7')
    const sent = await begin(visitor, 'idp', { link: true })
    await visitor.post('/api/auth/signout', {})
    expect(toError(await comeBack(visitor, 'ada', sent))).toBe('OAuthCallbackError')
    expect([adapter.accounts, await whoIs(visitor)]).toEqual([[], undefined])
  })

  it('LNK-02 is sealed: a browser, or whoever plants cookies in it, can neither read nor write one', async () => {
    const visitor = await signInAs('7')
    const sent = await begin(visitor)
    for (const planted of ['idp', JSON.stringify({ provider: 'idp', user: '7' }), visitor.cookies.get('__Host-authjs.state')!, visitor.cookies.get('__Host-authjs.session-token')!]) {
      visitor.cookies.set(flowCookie, planted)
      visitor.cookies.set('__Host-authjs.link', 'idp')
    }
    await comeBack(visitor, 'eve', sent)
    expect(owners().filter(owner => owner.startsWith('7 '))).toEqual([])
  })

  it('LNK-02 never holds for another provider or another flow', async () => {
    const visitor = await signInAs('7')
    await begin(visitor, 'idp', { link: true })
    const wish = visitor.cookies.get(flowCookie)!
    const other = await begin(visitor, 'other')
    visitor.cookies.set(flowCookie, wish)
    await comeBack(visitor, 'eve', other, 'other')
    await signInAs('7', visitor)
    const next = await begin(visitor)
    visitor.cookies.set(flowCookie, wish)
    await comeBack(visitor, 'mallory', next)
    expect(owners().filter(owner => owner.startsWith('7 '))).toEqual([])
  })

  it('LNK-02 is never set by a request that is not verified, or by nobody', async () => {
    const visitor = await signInAs('7')
    await visitor.post('/api/auth/signin/idp', { link: true, csrfToken: 'wrong' })
    expect(visitor.cookies.has(flowCookie)).toBe(false)
    const nobody = new Visitor()
    const sent = await begin(nobody, 'idp', { link: true })
    await signInAs('8', nobody)
    await comeBack(nobody, 'eve', sent)
    expect(owners().filter(owner => owner.startsWith('8 '))).toEqual([])
  })
})

describe('the way back', () => {
  /** What a browser sends with a form of another site: none of the Lax cookies. */
  async function post(visitor: Visitor, lines: string[], provider: string, body: URLSearchParams): Promise<Response> {
    const cookie = lines.filter(line => /samesite=none/i.test(line)).map(line => line.split(';')[0]).join('; ')
    const headers = { 'host': 'app.example', cookie, 'origin': 'https://idp.example', 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }
    return await handler(toEvent(headers, `/api/auth/callback/${provider}`, String(body))) as Response
  }

  it('survives an answer that is a form of another site, as Apple\'s is', async () => {
    const visitor = new Visitor()
    const begun = await visitor.post('/api/auth/signin/posting', { callbackUrl: '/account' })
    const sent = new URL((await begun.clone().json() as { url: string }).url).searchParams
    const response = await post(visitor, begun.headers.getSetCookie(), 'posting', toAnswer('ada', sent))
    expect(response.headers.get('location')).toBe('https://app.example/account')
    expect(response.headers.getSetCookie().some(line => line.startsWith('__Host-authjs.session-token='))).toBe(true)
  })

  it('sends no cookie to other sites that it does not have to, and none without encryption', async () => {
    const toSites = (response: Response) => response.headers.getSetCookie().filter(line => /samesite=none/i.test(line)).map(line => line.split('=')[0])
    expect(toSites(await new Visitor().post('/api/auth/signin/idp', {}))).toEqual([])
    expect(toSites(await new Visitor().post('/api/auth/signin/posting', {})).sort()).toEqual(['__Host-authjs.flow', '__Host-authjs.pkce.code_verifier', '__Host-authjs.state'])
  })

  it('is the flow\'s own, whatever another tab asked for meanwhile', async () => {
    const visitor = new Visitor()
    const sent = await begin(visitor, 'idp', { callbackUrl: '/account' })
    visitor.cookies.set('__Host-authjs.callback-url', 'https://app.example/elsewhere')
    expect((await comeBack(visitor, 'ada', sent)).headers.get('location')).toBe('https://app.example/account')
    const planted = await begin(visitor, 'idp', { callbackUrl: '/account' })
    const response = await visitor.get(`/api/auth/callback/idp?${toAnswer('ada', planted)}&callbackUrl=/elsewhere`)
    expect(response.headers.get('location')).toBe('https://app.example/account')
  })
})
