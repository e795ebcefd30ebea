import { createError } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requireToken } from '../../../../src/runtime/server/guard/require-session'
import { getServerSession, getToken, updateServerSession } from '../../../../src/runtime/server/session/session'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import {
  fail, minute, name, open, pass, provider, session, setUp, tearDown, toCookie, toCookies, toDefinition, toJar,
} from '../../refreshing'

beforeEach(setUp)
afterEach(tearDown)

describe('refreshToken', () => {
  it('calls no provider and sets no cookie while the token is good', async () => {
    const event = toEvent({ cookie: await toCookie({ expiresAt: Date.now() + minute }) })
    expect(await getToken(event)).toMatchObject({ accessToken: 'access-0' })
    expect([provider.calls, toCookies(event)]).toEqual([0, []])
  })

  it('REF-07 returns the new token to this request, and sends the browser one cookie', async () => {
    const event = toEvent({ cookie: await toCookie() })
    const tokens = await Promise.all([getToken(event), requireToken(event), getToken(event)])
    expect(new Set(tokens).size).toBe(1)
    expect(await getServerSession(event)).toMatchObject({ access: 'access-1' })
    expect(toCookies(event)).toHaveLength(1)
    expect(await open(toJar(event))).toMatchObject({ sid: session.sid, accessToken: 'access-1', refreshToken: 'refresh-1', sub: '1', name: 'Ada' })
  })

  it('REF-02 gives later requests with the old cookie the same outcome', async () => {
    const cookie = await toCookie()
    await getToken(toEvent({ cookie }))
    for (const late of [100, 900, 9000, 19_000]) {
      pass(late)
      const event = toEvent({ cookie })
      expect(await getToken(event)).toMatchObject({ accessToken: 'access-1' })
      expect(await open(toJar(event))).toMatchObject({ refreshToken: 'refresh-1' })
    }
    expect(provider.calls).toBe(1)
  })

  it('REF-02 never uses a refresh token that a later refresh has replaced', async () => {
    const cookie = await toCookie()
    provider.answer = () => Promise.resolve()
    current.definition = toDefinition({ run: async ({ token }: { token: { refreshToken: string } }) => ({ ...await provider.refresh(token.refreshToken), expiresAt: Date.now() + 10_000 }) })
    const second = toEvent({ cookie })
    await getToken(second)
    pass(11_000)
    await getToken(toEvent({ cookie: toJar(second) }))
    pass(11_000)
    // Both cookies are outdated now: neither of their refresh tokens may be used again.
    const results = await Promise.all([cookie, toJar(second), cookie].map(each => getToken(toEvent({ cookie: each }))))
    expect(results).toEqual([1, 2, 3].map(() => expect.objectContaining({ refreshToken: 'refresh-3' }) as object))
    expect([provider.calls, provider.reuses]).toEqual([3, 0])
  })

  it('REF-02 gives a late request the claims of several refreshes together', async () => {
    let count = 0
    current.definition = toDefinition({ run: () => ++count === 1 ? { refreshToken: 'refresh-9', expiresAt: Date.now() + 6000 } : { accessToken: 'access-9', expiresAt: Date.now() + minute } })
    const cookie = await toCookie()
    const first = toEvent({ cookie })
    await getToken(first)
    pass(7000)
    await getToken(toEvent({ cookie: toJar(first) }))
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ refreshToken: 'refresh-9', accessToken: 'access-9' })
    expect(count).toBe(2)
  })

  it('never lets a late response replace new tokens with old ones', async () => {
    const cookie = await toCookie({ expiresAt: Date.now() + 1000 })
    const slow = toEvent({ cookie })
    await getToken(slow)
    pass(2000)
    await getToken(toEvent({ cookie }))
    await updateServerSession(slow, 'hello')
    expect(await open(toJar(slow))).toMatchObject({ note: 'hello', refreshToken: 'refresh-1', accessToken: 'access-1' })
  })

  it('keeps the tokens that extend.update sets', async () => {
    current.definition = { ...toDefinition(), extend: { ...toDefinition().extend, update: () => ({ accessToken: 'mine' }) } }
    const event = toEvent({ cookie: await toCookie() })
    await updateServerSession(event, undefined)
    expect(await open(toJar(event))).toMatchObject({ accessToken: 'mine', refreshToken: 'refresh-1' })
  })

  it('never sets a reserved claim', async () => {
    current.definition = toDefinition({ run: () => ({ accessToken: 'access-9', sub: 'victim', sid: 'x', exp: 1, __proto__: { admin: true } }) })
    const event = toEvent({ cookie: await toCookie() })
    expect(await getToken(event)).toMatchObject({ accessToken: 'access-9', sub: '1', sid: session.sid })
    expect(await getToken(event)).not.toHaveProperty('admin')
  })

  it('never calls the provider for an open WebSocket, which can\'t receive a cookie', async () => {
    const peer = { request: { headers: new Headers({ cookie: await toCookie() }), url: 'http://app.example/socket' } }
    expect(await getServerSession(peer)).toMatchObject({ access: 'access-0' })
    expect(provider.calls).toBe(0)
    await getToken(toEvent({ cookie: await toCookie() }))
    expect(await getServerSession(peer)).toMatchObject({ access: 'access-1' })
  })
})

describe('a refresh that fails', () => {
  it('REF-05 keeps the session with an error, and answers 503 if the token is needed', async () => {
    fail(new Error('ECONNREFUSED access-0'))
    const event = toEvent({ cookie: await toCookie() })
    expect(await getServerSession(event)).toMatchObject({ user: { name: 'Ada' }, error: 'RefreshFailed' })
    await expect(requireToken(event)).rejects.toMatchObject({ code: 'AUTH_R011', statusCode: 503 })
    expect([toCookies(event), event.node.res.getHeader('retry-after')]).toEqual([[], '5'])
  })

  it('returns a token that is due but has not expired', async () => {
    fail(new Error('down'))
    current.definition = toDefinition({ expired: ({ token }: { token: { expiresAt: number } }) => token.expiresAt < Date.now() - minute })
    const event = toEvent({ cookie: await toCookie({ expiresAt: Date.now() - 1 }) })
    expect(await getToken(event)).toMatchObject({ accessToken: 'access-0' })
    expect(await getServerSession(event)).toMatchObject({ error: 'RefreshFailed' })
  })

  it('keeps the error through an update', async () => {
    fail(new Error('down'))
    const event = toEvent({ cookie: await toCookie() })
    expect(await updateServerSession(event, 'hello')).toMatchObject({ error: 'RefreshFailed' })
    await expect(getToken(event)).rejects.toThrow('AUTH_R011')
  })

  it.each([
    ['oauth4webapi', Object.assign(new Error('x'), { error: 'invalid_grant' })],
    ['$fetch', Object.assign(new Error('x'), { data: { error: 'invalid_grant' } })],
    ['a cause', Object.assign(new Error('x'), { cause: { error: 'invalid_grant' } })],
    ['createError 401', createError({ statusCode: 401 })],
  ])('REF-06 ends the session on invalid_grant, once: %s', async (_, error) => {
    fail(error)
    const cookie = await toCookie()
    const events = Array.from({ length: 20 }, () => toEvent({ cookie }))
    expect(new Set(await Promise.all(events.map(event => getServerSession(event))))).toEqual(new Set([null]))
    expect(toCookies(events[0]!)).toEqual([`${name}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`])
    pass(20_000)
    expect(await getServerSession(toEvent({ cookie }))).toBeNull()
    expect(provider.calls).toBe(1)
  })

  it.each([new Error('x'), createError({ statusCode: 500 }), Object.assign(new Error('x'), { error: 'server_error' }), Object.assign(new Error('x'), { statusCode: 401 }), undefined, 'invalid_grant'])('never ends the session because of %s', async (error) => {
    fail(error)
    expect(await getServerSession(toEvent({ cookie: await toCookie() }))).toMatchObject({ error: 'RefreshFailed' })
  })

  it('LOG-01 never logs a token', async () => {
    fail(Object.assign(new Error('refused access-0\nbecause of refresh-0', { cause: new Error('sent refresh-0') }), { code: 'E1' }))
    await getServerSession(toEvent({ cookie: await toCookie() }))
    expect(vi.mocked(console.error).mock.calls).toEqual([['[nuxt-authjs] extend.refresh.run failed: Error E1 refused … because of … sent …']])
  })

  it('names the function of the definition that threw, and keeps the session', async () => {
    for (const part of ['due', 'expired']) {
      fail(new Error('down'))
      const broken = () => {
        throw new Error('mine')
      }
      current.definition = toDefinition({ [part]: broken })
      const event = toEvent({ cookie: await toCookie() })
      await expect(getToken(event)).rejects.toThrow(`extend.refresh.${part} failed`)
      expect(toCookies(event)).toEqual([])
    }
  })
})
