import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getServerSession, getToken } from '../../../../src/runtime/server/session/session'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { createFakeRedis } from '../../fake-redis'
import {
  fail, pass, provider, session, setUp, startProcess, tearDown, toCookie, toCookies, toDefinition,
} from '../../refreshing'

beforeEach(setUp)
afterEach(tearDown)

describe('refreshOnce', () => {
  it('REF-01 calls the provider once for 50 parallel requests', async () => {
    const cookie = await toCookie()
    const events = Array.from({ length: 50 }, () => toEvent({ cookie }))
    const tokens = await Promise.all(events.map(event => getToken(event)))
    expect(new Set(tokens.map(token => (token as { accessToken?: string } | null)?.accessToken))).toEqual(new Set(['access-1']))
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
    expect(events.map(event => toCookies(event).length)).toEqual(events.map(() => 1))
  })

  it('calls the provider for each session separately', async () => {
    const tokens = await Promise.all(['a', 'b'].map(async id => getToken(toEvent({ cookie: await toCookie({ sid: session.sid + id, refreshToken: 'refresh-0' }) })).catch(() => null)))
    expect(provider.calls).toBe(2)
    expect(tokens.filter(Boolean)).toHaveLength(1)
  })

  it('works for tokens without a sid', async () => {
    const cookie = await toCookie({ sid: undefined })
    await Promise.all([1, 2, 3].map(() => getToken(toEvent({ cookie }))))
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
    expect(provider.calls).toBe(1)
  })
})

describe('a failed attempt', () => {
  it('REF-05 calls the provider once in 5 seconds for any number of requests, and recovers', async () => {
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

  it('stops waiting after 8 seconds, and keeps a late result', async () => {
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

  it.each([null, 'x', [], 1])('counts the result %j as a failure, and logs what run has to return', async (returned) => {
    current.definition = toDefinition({ run: () => returned })
    expect(await getServerSession(toEvent({ cookie: await toCookie() }))).toMatchObject({ error: 'RefreshFailed' })
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('AUTH_D003'))
  })
})

describe('several processes with one store', () => {
  let redis = createFakeRedis()
  beforeEach(() => {
    redis = createFakeRedis()
  })

  it('REF-03 calls the provider once, and every process has the outcome', async () => {
    vi.useRealTimers()
    const processes = await Promise.all([startProcess(redis), startProcess(redis)].concat(await startProcess(redis) as never))
    provider.answer = () => new Promise(resolve => setTimeout(resolve, 120))
    const cookie = await toCookie()
    const tokens = await Promise.all(Array.from({ length: 30 }, (_, index) => processes[index % 3]!.getToken(toEvent({ cookie }))))
    expect(tokens).toEqual(tokens.map(() => expect.objectContaining({ refreshToken: 'refresh-1' }) as object))
    expect(await (await startProcess(redis)).getToken(toEvent({ cookie }))).toMatchObject({ refreshToken: 'refresh-1' })
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
  })

  it('never refreshes again after another process has finished between the look and the lock', async () => {
    const cookie = await toCookie()
    await (await startProcess(redis)).getToken(toEvent({ cookie }))
    const { getToken } = await startProcess(redis)
    const { get } = redis.client
    redis.client.get = async (key) => {
      redis.client.get = get
      await get(key)
      return null
    }
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
    expect([provider.calls, provider.reuses]).toEqual([1, 0])
  })

  it('REF-04 refreshes once the lock of a crashed process has expired', async () => {
    vi.useRealTimers()
    const { getToken } = await startProcess(redis)
    redis.lock = true
    const waiting = getToken(toEvent({ cookie: await toCookie() }))
    await vi.waitFor(() => expect(redis.refusals).toBeGreaterThan(2))
    expect(provider.calls).toBe(0)
    redis.lock = false
    expect(await waiting).toMatchObject({ accessToken: 'access-1' })
  })

  it('never calls the provider without the store, keeps the session, and recovers a second after the store', async () => {
    const { getToken } = await startProcess(redis)
    redis.isDown = true
    const cookie = await toCookie()
    await expect(getToken(toEvent({ cookie }))).rejects.toMatchObject({ code: 'AUTH_R011' })
    redis.isDown = false
    await expect(getToken(toEvent({ cookie }))).rejects.toMatchObject({ code: 'AUTH_R011' })
    expect(provider.calls).toBe(0)
    pass(1001)
    expect(await getToken(toEvent({ cookie }))).toMatchObject({ accessToken: 'access-1' })
  })
})
