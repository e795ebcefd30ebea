import { decode, encode } from '@auth/core/jwt'
import { createError } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getConfig } from '../../../../src/runtime/server/config/load'
import type { RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { requireSession } from '../../../../src/runtime/server/guard/require-session'
import { getServerSession, getToken, updateServerSession } from '../../../../src/runtime/server/session/session'
import { readTokenSession, updateTokenSession } from '../../../../src/runtime/server/session/token-session'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const name = '__Host-authjs.session-token'
const user = { sub: '1', name: 'Ada', role: 'admin' }
const deleted = `${name}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`
const definition: RuntimeDefinition = {
  providers: [],
  extend: { session: ({ token }) => ({ role: token.role }), update: ({ input }) => ({ note: input }) },
}

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = definition
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const toCookie = async (maxAge?: number) => await encode({ token: user, secret, salt: name, maxAge })
const toSignedIn = async () => toEvent({ cookie: `${name}=${await toCookie()}` })

type TestEvent = ReturnType<typeof toEvent>

const toCookies = (event: TestEvent) => [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
const decodeSent = async (event: TestEvent) =>
  await decode({ token: toCookies(event)[0]?.split(/[=;]/)[1], secret, salt: name })

describe('readTokenSession', () => {
  async function read(cookie: string) {
    const event = toEvent({ cookie: `${name}=${cookie}` })
    return { event, reading: await readTokenSession(event, await getConfig(event), cookie) }
  }

  it('makes the session of a valid cookie, and keeps the response private', async () => {
    const { event, reading } = await read(await toCookie())
    const session = { user: { name: 'Ada' }, role: 'admin' }
    expect(reading).toMatchObject({ session, token: user, visitor: { id: '1' } })
    expect(event.node.res.getHeader('cache-control')).toBe('private, no-store')
  })

  it('sets no cookie if nothing changed', async () => {
    expect(toCookies((await read(await toCookie())).event)).toEqual([])
  })

  it.each(['x', 'a.b.c.d.e'])('never accepts the cookie %j: deletes it and logs the refusal', async (cookie) => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { event, reading } = await read(cookie)
    expect([reading.session, reading.token, toCookies(event)]).toEqual([null, null, [deleted]])
    const reason = '{"reason":"the cookie holds no valid token"}'
    expect(log.mock.calls).toEqual([[`[nuxt-authjs] session refused ${reason}`]])
  })

  it('never accepts a cookie that was encrypted for another name', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const cookie = await encode({ token: user, secret, salt: 'other' })
    expect((await read(cookie)).reading.session).toBeNull()
  })

  it('ends the session exactly at its end, although the codec tolerates 15 seconds', async () => {
    const { event, reading } = await read(await toCookie(-5))
    expect([reading.session, toCookies(event)]).toEqual([null, [deleted]])
  })

  it('renews the cookie once updateAge has passed, with the same end in expires', async () => {
    const cookie = await toCookie()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3600_000 })
    const { event, reading } = await read(cookie)
    const line = /^__Host-authjs\.session-token=ey.*; Path=\/; Expires=.*; HttpOnly; Secure; SameSite=Lax$/
    expect(toCookies(event)).toEqual([expect.stringMatching(line)])
    expect(Date.parse(reading.session?.expires ?? '') - Date.now()).toBeGreaterThan(29.9 * 86_400_000)
  })

  it('ends the session if callbacks.jwt returns null', async () => {
    current.definition = { ...definition, callbacks: { jwt: () => null } }
    const { event, reading } = await read(await toCookie())
    expect([reading.session, toCookies(event)]).toEqual([null, [deleted]])
  })

  it('stores the changes of callbacks.jwt, once per request', async () => {
    const jwt = vi.fn(({ token }: { token: Record<string, unknown> }) => ({ ...token, role: 'owner' }))
    current.definition = { ...definition, callbacks: { jwt } }
    const event = await toSignedIn()
    expect(await getServerSession(event)).toMatchObject({ role: 'owner' })
    await getServerSession(event)
    expect(jwt).toHaveBeenCalledOnce()
    expect(toCookies(event)).toHaveLength(1)
    expect(await decodeSent(event)).toMatchObject({ role: 'owner' })
  })

  it('stores a change that callbacks.jwt makes in place', async () => {
    const jwt = ({ token }: { token: Record<string, unknown> }) => Object.assign(token, { role: 'owner' })
    current.definition = { ...definition, callbacks: { jwt } }
    expect(await decodeSent((await read(await toCookie())).event)).toMatchObject({ role: 'owner' })
  })

  it.each([
    ['callbacks.jwt', { callbacks: { jwt: () => { throw new Error('database') } } }],
    ['callbacks.session', { callbacks: { session: () => Promise.reject(new Error('database')) } }],
    ['extend.session', { extend: { session: () => { throw new Error('database') } } }],
  ])('never takes an outage of %s for a sign-out', async (_, broken) => {
    current.definition = { ...definition, ...broken }
    const event = await toSignedIn()
    const error = { code: 'AUTH_R001', statusCode: 503, cause: { message: 'database' } }
    await expect(getServerSession(event)).rejects.toMatchObject(error)
    expect(toCookies(event)).toEqual([])
    expect(event.node.res.getHeader('retry-after')).toBe('5')
    await expect(requireSession(event)).rejects.toMatchObject({ statusCode: 503 })
  })
})

describe('updateTokenSession', () => {
  it('stores the result of extend.update in the cookie and in the session', async () => {
    const event = toEvent()
    const { session, token } = await updateTokenSession(event, await getConfig(event), user, 'hello')
    expect([session, token]).toMatchObject([{ role: 'admin' }, { note: 'hello', sub: '1' }])
    expect(await decodeSent(event)).toMatchObject({ note: 'hello', sub: '1' })
  })

  it('changes the token for the rest of the request', async () => {
    const event = await toSignedIn()
    await updateServerSession(event, 'hello')
    expect(await getToken(event)).toMatchObject({ note: 'hello', role: 'admin' })
    expect(await decodeSent(event)).toMatchObject({ note: 'hello', sub: '1' })
  })

  it('marks a session whose provider tokens could not be refreshed', async () => {
    const refresh = { due: () => true, run: () => ({}) }
    current.definition = { ...definition, extend: { ...definition.extend, refresh } }
    const event = toEvent()
    const { session } = await updateTokenSession(event, await getConfig(event), user, 'hello', true)
    expect(session).toMatchObject({ role: 'admin', error: 'RefreshFailed' })
  })

  it.each([
    ['a 400 of createError', createError({ statusCode: 400 }), 400],
    ['a 404 of a backend', Object.assign(new Error('backend'), { statusCode: 404 }), 503],
    ['another error', new Error('database'), 503],
  ])('keeps the session if extend.update throws %s', async (_, thrown, statusCode) => {
    current.definition = { ...definition, extend: { ...definition.extend, update: () => Promise.reject(thrown) } }
    const event = await toSignedIn()
    await expect(updateServerSession(event, 'x')).rejects.toMatchObject({ statusCode })
    expect(await getServerSession(event)).toMatchObject({ role: 'admin' })
    expect(toCookies(event)).toEqual([])
  })
})
