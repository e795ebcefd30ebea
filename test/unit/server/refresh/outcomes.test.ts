import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canRemember, recall, recallLocal, remember, withClaims } from '../../../../src/runtime/server/refresh/outcomes'
import { toEvent } from '../../event'
import { createFakeRedis } from '../../fake-redis'
import {
  pass, provider, session, setUp, signIn, startProcess, tearDown, toCookie,
} from '../../refreshing'

beforeEach(setUp)
afterEach(tearDown)

const config = { secret: ['x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'] }

describe('outcomes', () => {
  it('recalls what was remembered, for a minute', async () => {
    const outcome = { claims: { accessToken: 'access-1' }, refreshedAt: 1 }
    await remember(config, 'minute', '1', outcome)
    expect([await recall(config, 'minute'), await recallLocal(config, 'minute')]).toEqual([outcome, outcome])
    pass(61_000)
    expect(await recall(config, 'minute')).toEqual({})
  })

  it('is empty for an unknown session', async () => {
    expect(await recall(config, 'unknown')).toEqual({})
  })

  it('adds the claims of a refresh to a copy of the token', () => {
    const token = { sub: '1', accessToken: 'access-0' }
    expect(withClaims(token, { claims: { accessToken: 'access-1' } })).toEqual({ sub: '1', accessToken: 'access-1' })
    expect(withClaims(token, {})).toEqual(token)
    expect(token.accessToken).toBe('access-0')
  })

  it('REV-01 never forgets an outcome to make room for a busy user, whose refreshes pause instead', { timeout: 60_000 }, async () => {
    await remember(config, 'ada-1', 'ada', { refreshedAt: 1 })
    for (let index = 0; index < 5000; index++) {
      expect(canRemember(`eve-${index}`, 'eve')).toBe(true)
      await remember(config, `eve-${index}`, 'eve', { refreshedAt: 1 })
    }
    expect([canRemember('eve-5000', 'eve'), canRemember('ada-2', 'ada')]).toEqual([false, true])
    const outcomes = [await recallLocal(config, 'ada-1'), await recallLocal(config, 'eve-0')]
    expect(outcomes).toEqual([{ refreshedAt: 1 }, { refreshedAt: 1 }])
    pass(61_000)
    expect(canRemember('eve-5000', 'eve')).toBe(true)
  })
})

describe('outcomes in a shared store', () => {
  let redis = createFakeRedis()
  beforeEach(() => {
    redis = createFakeRedis()
  })

  it('REF-10 never stores a token or a session ID readably', async () => {
    const { getToken } = await startProcess(redis)
    await getToken(toEvent({ cookie: await toCookie() }))
    const dump = JSON.stringify([...redis.entries])
    expect(redis.entries.size).toBe(1)
    // An encrypted value is random base64url, which may contain `Ada` by chance, but no quote.
    for (const plain of [session.sid, 'access-', 'refresh-0', 'refresh-1', 'Ada\\"']) expect(dump).not.toContain(plain)
  })

  it('REF-10 never uses an outcome that was copied from another session', async () => {
    const first = await startProcess(redis)
    await first.getToken(toEvent({ cookie: await toCookie() }))
    const [stolen] = [...redis.entries.values()]
    const second = await startProcess(redis)
    signIn()
    const get = redis.client.get
    redis.client.get = async key => await get(key) ?? stolen ?? null
    expect(await second.getToken(toEvent({ cookie: await toCookie() }))).toMatchObject({ accessToken: 'access-1' })
    expect(provider.calls).toBe(1)
  })

  it.each(['', '{', 'x.y.z.a.b'])('REV-02 never counts the damaged outcome %j as missing: the refresh token is not sent again', async (damaged) => {
    const { getToken } = await startProcess(redis)
    const get = redis.client.get
    redis.client.get = async () => damaged
    await expect(getToken(toEvent({ cookie: await toCookie() }))).rejects.toMatchObject({ statusCode: 503 })
    expect(provider.calls).toBe(0)
    redis.client.get = get
  })

  it('keeps an outcome that the store could not save', async () => {
    const { getToken } = await startProcess(redis)
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
