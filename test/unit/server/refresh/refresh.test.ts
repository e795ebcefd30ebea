import { decode, encode } from '@auth/core/jwt'
import { createError } from 'h3'
import { createStorage } from 'unstorage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { requireToken } from '../../../../src/runtime/server/guard/require-session'
import { getServerSession, getToken, updateServerSession } from '../../../../src/runtime/server/session/session'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { createFakeRedis } from '../../fake-redis'
import { storage } from '../../host'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const name = '__Host-authjs.session-token'
const minute = 60_000
let sid = ''

/** A provider that rotates: a refresh token works once, and a second time ends the family. */
function createProvider() {
  const provider = {
    calls: 0,
    reuses: 0,
    valid: 'refresh-0',
    answer: undefined as undefined | (() => Promise<unknown>),
    refresh: async (token: string) => {
      provider.calls++
      await provider.answer?.()
      if (token !== provider.valid) {
        provider.reuses++
        provider.valid = ''
        throw Object.assign(new Error('invalid_grant'), { error: 'invalid_grant' })
      }
      provider.valid = `refresh-${provider.calls}`
      return { accessToken: `access-${provider.calls}`, refreshToken: provider.valid, expiresAt: Date.now() + 5 * minute }
    },
  }
  return provider
}
let provider = createProvider()

const toDefinition = (more: object = {}): RuntimeDefinition => ({
  providers: [],
  extend: {
    session: ({ token }) => ({ access: token.accessToken }),
    update: ({ input }) => ({ note: input }),
    refresh: {
      due: ({ token }) => Number(token.expiresAt) < Date.now(),
      run: ({ token }) => provider.refresh(String(token.refreshToken)),
      ...more,
    },
  },
})

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(console, 'error').mockImplementation(() => {})
  provider = createProvider()
  sid = crypto.randomUUID()
  current.definition = toDefinition()
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  vi.restoreAllMocks()
  storage.current = createStorage()
})

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const toCookie = async (claims: object = {}) =>
  `${name}=${await encode({ token: { sid, sub: '1', name: 'Ada', accessToken: 'access-0', refreshToken: 'refresh-0', expiresAt: 0, ...claims }, secret, salt: name })}`
const toCookies = (event: ReturnType<typeof toEvent>) => [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
const toJar = (event: ReturnType<typeof toEvent>) => toCookies(event)[0]?.split(';')[0] ?? ''
const open = (cookie: string) => decode({ token: cookie.split(/[=;]/)[1], secret, salt: name })

describe('extend.refresh', () => {
  it('asks nobody while the token is good, and sets no cookie', async () => {
    const event = toEvent({ cookie: await toCookie({ expiresAt: Date.now() + minute }) })
    expect(await getToken(event)).toMatchObject({ accessToken: 'access-0' })
    expect([provider.calls, toCookies(event)]).toEqual([0, []])
  })

  it('REF-07 gives the fresh token to this request, and one cookie to the browser', async () => {
    const event = toEvent({ cookie: await toCookie() })
    const tokens = await Promise.all([getToken(event), requireToken(event), getToken(event)])
    expect(new Set(tokens).size).toBe(1)
    expect(await getServerSession(event)).toMatchObject({ access: 'access-1' })
    expect(toCookies(event)).toHaveLength(1)
    expect(await open(toJar(event))).toMatchObject({ sid, accessToken: 'access-1', refreshToken: 'refresh-1', sub: '1', name: 'Ada' })
  })

  it('REF-01 asks the provider once for 50 requests at the same time', async () => {
    const cookie = await toCookie()
    const events = Array.from({ length: 50 }, () => toEvent({ cookie }))
    const tokens = await Promise.all(events.map(event => getToken(event)))
    expect(new Set(tokens.map(token => (token as { accessToken?: string } | null)?.accessToken))).toEqual(new Set(['access-1']))
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
    expect(events.map(event => toCookies(event).length)).toEqual(events.map(() => 1))
  })

  it('REF-02 gives the outcome to whoever comes later with the cookie from before', async () => {
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

  it('REF-02 never refreshes with what two refreshes ago was good', async () => {
    const cookie = await toCookie()
    provider.answer = () => Promise.resolve()
    current.definition = toDefinition({ run: async ({ token }: { token: { refreshToken: string } }) => ({ ...await provider.refresh(token.refreshToken), expiresAt: Date.now() + 10_000 }) })
    const second = toEvent({ cookie })
    await getToken(second)
    pass(11_000)
    await getToken(toEvent({ cookie: toJar(second) }))
    pass(11_000)
    // Both cookies are of the past now, and the token in neither of them may be used again.
    const results = await Promise.all([cookie, toJar(second), cookie].map(each => getToken(toEvent({ cookie: each }))))
    expect(results).toEqual([1, 2, 3].map(() => expect.objectContaining({ refreshToken: 'refresh-3' }) as object))
    expect([provider.calls, provider.reuses]).toEqual([3, 0])
  })

  it('REF-02 brings a late request what several refreshes returned together', async () => {
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

  it('never lets a late answer carry the old tokens over the new', async () => {
    const cookie = await toCookie({ expiresAt: Date.now() + 1000 })
    const slow = toEvent({ cookie })
    await getToken(slow)
    pass(2000)
    await getToken(toEvent({ cookie }))
    await updateServerSession(slow, 'hello')
    expect(await open(toJar(slow))).toMatchObject({ note: 'hello', refreshToken: 'refresh-1', accessToken: 'access-1' })
  })

  it('keeps what extend.update and callbacks.jwt make of the tokens', async () => {
    current.definition = { ...toDefinition(), extend: { ...toDefinition().extend, update: () => ({ accessToken: 'mine' }) } }
    const event = toEvent({ cookie: await toCookie() })
    await updateServerSession(event, undefined)
    expect(await open(toJar(event))).toMatchObject({ accessToken: 'mine', refreshToken: 'refresh-1' })
  })

  it('never sets a reserved claim', async () => {
    current.definition = toDefinition({ run: () => ({ accessToken: 'access-9', sub: 'victim', sid: 'x', exp: 1, __proto__: { admin: true } }) })
    const event = toEvent({ cookie: await toCookie() })
    expect(await getToken(event)).toMatchObject({ accessToken: 'access-9', sub: '1', sid })
    expect(await getToken(event)).not.toHaveProperty('admin')
  })

  it('tells sessions apart', async () => {
    const tokens = await Promise.all(['a', 'b'].map(async id => getToken(toEvent({ cookie: await toCookie({ sid: sid + id, refreshToken: 'refresh-0' }) })).catch(() => null)))
    expect(provider.calls).toBe(2)
    expect(tokens.filter(Boolean)).toHaveLength(1)
  })

  it('works for tokens from before there was a sid', async () => {
    const cookie = await toCookie({ sid: undefined })
    await Promise.all([1, 2, 3].map(() => getToken(toEvent({ cookie }))))
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
    expect(provider.calls).toBe(1)
  })

  it('never refreshes for an open WebSocket, whose cookie nobody could bring', async () => {
    const peer = { request: { headers: new Headers({ cookie: await toCookie() }), url: 'http://app.example/socket' } }
    expect(await getServerSession(peer)).toMatchObject({ access: 'access-0' })
    expect(provider.calls).toBe(0)
    await getToken(toEvent({ cookie: await toCookie() }))
    expect(await getServerSession(peer)).toMatchObject({ access: 'access-1' })
  })
})

describe('a refresh that fails', () => {
  const fail = (error: unknown) => {
    provider.answer = () => Promise.reject(error as Error)
  }

  it('REF-05 keeps the session, says so, and answers 503 to who needs the token', async () => {
    fail(new Error('ECONNREFUSED access-0'))
    const event = toEvent({ cookie: await toCookie() })
    expect(await getServerSession(event)).toMatchObject({ user: { name: 'Ada' }, error: 'RefreshFailed' })
    await expect(requireToken(event)).rejects.toMatchObject({ code: 'AUTH_R011', statusCode: 503 })
    expect([toCookies(event), event.node.res.getHeader('retry-after')]).toEqual([[], '5'])
  })

  it('REF-05 tries once in 5 seconds, however many ask, and recovers', async () => {
    fail(new Error('down'))
    const cookie = await toCookie()
    for (let second = 0; second < 10; second++) {
      await Promise.all(Array.from({ length: 20 }, () => getServerSession(toEvent({ cookie }))))
      pass(1000)
    }
    expect(provider.calls).toBe(2)
    provider.answer = undefined
    const event = toEvent({ cookie })
    expect(await getServerSession(event)).not.toHaveProperty('error')
    expect(await getToken(event)).toMatchObject({ accessToken: 'access-3' })
  })

  it('goes on with a token that is due, but good yet', async () => {
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

  it.each([new Error('x'), createError({ statusCode: 500 }), Object.assign(new Error('x'), { error: 'server_error' }), Object.assign(new Error('x'), { statusCode: 401 }), undefined, 'invalid_grant'])('never takes %s for the end of the session', async (error) => {
    fail(error)
    expect(await getServerSession(toEvent({ cookie: await toCookie() }))).toMatchObject({ error: 'RefreshFailed' })
  })

  it.each([null, 'x', [], 1])('takes %j for a failure, and says what run has to return', async (returned) => {
    current.definition = toDefinition({ run: () => returned })
    expect(await getServerSession(toEvent({ cookie: await toCookie() }))).toMatchObject({ error: 'RefreshFailed' })
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('AUTH_D003'))
  })

  it('LOG-01 never writes a token into the log', async () => {
    fail(Object.assign(new Error('refused access-0\nbecause of refresh-0', { cause: new Error('sent refresh-0') }), { code: 'E1' }))
    await getServerSession(toEvent({ cookie: await toCookie() }))
    expect(vi.mocked(console.error).mock.calls).toEqual([['[nuxt-authjs] extend.refresh.run failed: Error E1 refused … because of … sent …']])
  })

  it('says which part of the definition threw, and keeps the session', async () => {
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

  it('gives up after 8 seconds, and still keeps what comes late', async () => {
    vi.useFakeTimers()
    let finish = () => {}
    provider.answer = () => new Promise<void>(resolve => finish = resolve)
    const aborted = vi.fn()
    current.definition = toDefinition({ run: ({ token, signal }: { token: { refreshToken: string }, signal: AbortSignal }) => {
      signal.addEventListener('abort', aborted)
      return provider.refresh(token.refreshToken)
    } })
    const cookie = await toCookie()
    const waiting = getServerSession(toEvent({ cookie }))
    await vi.waitFor(() => expect(provider.calls).toBe(1))
    await vi.advanceTimersByTimeAsync(8000)
    expect(await waiting).toMatchObject({ error: 'RefreshFailed' })
    expect(aborted).toHaveBeenCalledOnce()
    finish()
    await vi.advanceTimersByTimeAsync(6000)
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ refreshToken: 'refresh-1' })
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
  })
})

describe('several processes with one store', () => {
  /** The module as another process has it: nothing shared but the store and the provider. */
  async function startProcess() {
    vi.resetModules()
    const [{ getToken }, host, definition] = await Promise.all([import('../../../../src/runtime/server/session/session'), import('../../host'), import('../../definition-module')])
    host.storage.current = createStorage().mount('auth', redis.driver as never)
    definition.current.definition = toDefinition()
    return { getToken }
  }
  let redis = createFakeRedis()
  beforeEach(() => {
    redis = createFakeRedis()
  })

  it('REF-03 ask the provider once, and each has the outcome', async () => {
    vi.useRealTimers()
    const processes = await Promise.all([startProcess(), startProcess()].concat(await startProcess() as never))
    provider.answer = () => new Promise(resolve => setTimeout(resolve, 120))
    const cookie = await toCookie()
    const tokens = await Promise.all(Array.from({ length: 30 }, (_, index) => processes[index % 3]!.getToken(toEvent({ cookie }))))
    expect(tokens).toEqual(tokens.map(() => expect.objectContaining({ refreshToken: 'refresh-1' }) as object))
    expect(await (await startProcess()).getToken(toEvent({ cookie }))).toMatchObject({ refreshToken: 'refresh-1' })
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
  })

  it('never refresh what another has finished between the look and the lock', async () => {
    const cookie = await toCookie()
    await (await startProcess()).getToken(toEvent({ cookie }))
    const { getToken } = await startProcess()
    const { get } = redis.client
    redis.client.get = async (key) => {
      redis.client.get = get
      await get(key)
      return null
    }
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
  })

  it('REF-10 never show a token or a session to who looks into the store', async () => {
    const { getToken } = await startProcess()
    await getToken(toEvent({ cookie: await toCookie() }))
    const dump = JSON.stringify([...redis.entries])
    expect(redis.entries.size).toBe(1)
    // What is sealed is letters, digits, `-` and `_` at random: of the name, its closing quote is none of them.
    for (const plain of [sid, 'access-', 'refresh-0', 'refresh-1', 'Ada\\"']) expect(dump).not.toContain(plain)
  })

  it('REF-10 never take an outcome that was moved here from another session', async () => {
    const first = await startProcess()
    await first.getToken(toEvent({ cookie: await toCookie() }))
    const [stolen] = [...redis.entries.values()]
    const second = await startProcess()
    sid = crypto.randomUUID()
    provider = createProvider()
    const get = redis.client.get
    redis.client.get = async key => await get(key) ?? stolen ?? null
    expect(await second.getToken(toEvent({ cookie: await toCookie() }))).toMatchObject({ accessToken: 'access-1' })
    expect(provider.calls).toBe(1)
  })

  it.each(['', '{', 'x.y.z.a.b'])('REV-02 never take the damaged outcome %j for none: the refresh token is not sent again', async (damaged) => {
    const { getToken } = await startProcess()
    const get = redis.client.get
    redis.client.get = async () => damaged
    await expect(getToken(toEvent({ cookie: await toCookie() }))).rejects.toMatchObject({ statusCode: 503 })
    expect(provider.calls).toBe(0)
    redis.client.get = get
  })

  it('REF-04 refresh after a lock whose holder died has ended', async () => {
    vi.useRealTimers()
    const { getToken } = await startProcess()
    redis.lock = true
    const waiting = getToken(toEvent({ cookie: await toCookie() }))
    await vi.waitFor(() => expect(redis.refusals).toBeGreaterThan(2))
    expect(provider.calls).toBe(0)
    redis.lock = false
    expect(await waiting).toMatchObject({ accessToken: 'access-1' })
  })

  it('never ask the provider without the store, keep the session, and go on a second after it is back', async () => {
    const { getToken } = await startProcess()
    redis.isDown = true
    const cookie = await toCookie()
    await expect(getToken(toEvent({ cookie }))).rejects.toMatchObject({ code: 'AUTH_R011' })
    redis.isDown = false
    await expect(getToken(toEvent({ cookie }))).rejects.toMatchObject({ code: 'AUTH_R011' })
    expect(provider.calls).toBe(0)
    pass(1001)
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
  })

  it('keep an outcome that the store could not take', async () => {
    const { getToken } = await startProcess()
    provider.answer = async () => {
      redis.isDown = true
    }
    const cookie = await toCookie()
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
    redis.isDown = false
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
    expect(provider.calls).toBe(1)
  })
})
