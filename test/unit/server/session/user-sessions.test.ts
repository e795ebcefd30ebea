import { createStorage, defineDriver } from 'unstorage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { getServerSession, getToken, updateServerSession } from '../../../../src/runtime/server/session/session'
import { listUserSessions, revokeSession, revokeUserSessions, signOut } from '../../../../src/runtime/server/session/user-sessions'
import { Jar } from '../../browser'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { storage } from '../../host'

const revocable: RuntimeDefinition = { providers: [], session: { revocable: true } }
const rounds = Number(process.env.ROUNDS ?? 300)

/** A driver that counts, and fails or hangs when it is told to. */
const entries = new Map<string, string>()
const driver = { reads: 0, writes: 0, isDown: false }
const counting = defineDriver(() => {
  const touch = () => {
    if (driver.isDown) throw new Error('disk')
  }
  return {
    name: 'counting',
    getItem: (key: string) => {
      touch()
      driver.reads++
      return entries.get(key) ?? null
    },
    getItems: (items: { key: string }[]) => {
      touch()
      driver.reads++
      return items.map(({ key }) => ({ key, value: entries.get(key) ?? null }))
    },
    setItem: (key: string, value: string) => {
      touch()
      driver.writes++
      entries.set(key, value)
    },
    removeItem: (key: string) => void entries.delete(key),
    hasItem: (key: string) => entries.has(key),
    getKeys: () => [...entries.keys()],
  }
})

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  current.definition = { ...revocable }
  storage.current = createStorage()
  storage.current.mount('auth', counting(undefined as never))
  entries.clear()
  Object.assign(driver, { reads: 0, writes: 0, isDown: false })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const isAlive = async (cookie: string) => await getServerSession(toEvent({ cookie })) !== null
const define = (definition: Partial<RuntimeDefinition>) => void (current.definition = { ...revocable, ...definition })

async function signedIn(id = '1', headers?: Record<string, string>): Promise<Jar> {
  const jar = new Jar(headers)
  await jar.signIn({ id, name: 'Ada' })
  return jar
}

describe('what revocation costs', () => {
  it('is nothing where it is off', async () => {
    define({ session: {} })
    const jar = await signedIn()
    expect(await isAlive(jar.cookie)).toBe(true)
    await signOut(jar.request())
    expect(driver).toMatchObject({ reads: 0, writes: 0 })
    expect(await isAlive(jar.cookie)).toBe(true)
  })

  it('is one read per request that reads a session, and none for strangers', async () => {
    const jar = await signedIn()
    driver.reads = 0
    for (let request = 1; request <= 10; request++) {
      const event = jar.request()
      await Promise.all([getServerSession(event), getToken(event), getServerSession(event)])
      expect(driver.reads).toBe(request)
    }
    await getServerSession(toEvent({ cookie: 'theme=dark' }))
    await getServerSession(toEvent({ cookie: '__Host-authjs.session-token=forged' }))
    expect(driver).toMatchObject({ reads: 10, writes: 0 })
  })

  it('is one write per session and minute for a list', async () => {
    define({ session: { revocable: { list: true } } })
    const jar = await signedIn()
    for (let request = 0; request < 20; request++) await isAlive(jar.cookie)
    expect(driver.writes).toBe(1)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    for (let request = 0; request < 20; request++) await isAlive(jar.cookie)
    expect(driver.writes).toBe(2)
  })
})

describe('signOut', () => {
  it('SES-09 ends the session for every copy of its cookie, and takes the cookie away', async () => {
    const [jar, other] = [await signedIn(), await signedIn()]
    const copy = jar.cookie
    const event = jar.request()
    await signOut(event)
    jar.keep(event)
    expect(jar.cookie).toBe('')
    expect(await isAlive(copy)).toBe(false)
    expect(await isAlive(other.cookie)).toBe(true)
  })

  it('signs out the rest of the event, too', async () => {
    const event = (await signedIn()).request()
    expect(await getServerSession(event)).not.toBeNull()
    await signOut(event)
    expect([await getServerSession(event), await getToken(event), await updateServerSession(event, {})]).toEqual([null, null, null])
  })

  it('has the last word on the cookie, after a read that renews it, in chunks or not', async () => {
    define({ session: { revocable: true, updateAge: 0 }, callbacks: { jwt: ({ token, trigger }) => trigger ? token : { ...token, big: 'x'.repeat(4000) } } })
    const jar = await signedIn()
    const event = jar.request()
    void getServerSession(event)
    await signOut(event)
    const lines = [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(line).toContain('Max-Age=0')
  })

  it('tells events.signOut, and does nothing for strangers', async () => {
    const told = vi.fn()
    define({ events: { signOut: told } })
    await signOut((await signedIn()).request())
    expect(told).toHaveBeenCalledWith({ token: expect.objectContaining({ sub: '1' }) as object })
    await signOut(toEvent())
    await signOut(toEvent({ cookie: '__Host-authjs.session-token=forged' }))
    expect(told).toHaveBeenCalledOnce()
  })

  it('SES-11 takes the cookie away where the store is down, and says with 503 that copies may live on', async () => {
    const jar = await signedIn()
    const event = jar.request()
    driver.isDown = true
    await expect(signOut(event)).rejects.toMatchObject({ code: 'AUTH_R020', statusCode: 503, cause: { code: 'AUTH_R010' } })
    jar.keep(event)
    expect(jar.cookie).toBe('')
  })

  it('never runs in a handler whose answer goes to everybody', async () => {
    await expect(signOut(Object.assign(toEvent(), { context: { cache: {} } }))).rejects.toThrow('AUTH_R004: signOut')
  })
})

describe('a session that was ended', () => {
  it('never comes back when its cookie would still have lived, or when a late answer renewed it', async () => {
    define({ session: { revocable: true, maxAge: 1000, updateAge: 0 } })
    const jar = await signedIn()
    // Near its end: what is left of this cookie says nothing about the one that a read in flight hands out.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 990_000 })
    const late = jar.request()
    await getServerSession(late)
    await signOut(jar.request())
    jar.keep(late)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 900_000 })
    expect(jar.cookie).not.toBe('')
    expect(await isAlive(jar.cookie)).toBe(false)
  })

  it('never lives on a token from before sessions had an id', async () => {
    define({ session: {}, callbacks: { jwt: ({ token }) => token } })
    const jar = await signedIn()
    const { sid: _, ...old } = await jar.token()
    const { encode } = await import('@auth/core/jwt')
    current.definition = { ...revocable }
    const name = '__Host-authjs.session-token'
    expect(await isAlive(`${name}=${await encode({ token: old, secret: String(process.env.AUTH_SECRET), salt: name })}`)).toBe(false)
  })

  it('leaves the cookie alone, which may be that of the next session by now', async () => {
    const jar = await signedIn()
    await revokeSession(jar.request(), String((await jar.token()).sid))
    const event = jar.request()
    expect(await getServerSession(event)).toBeNull()
    expect(event.node.res.getHeader('set-cookie')).toBeUndefined()
  })

  it('ADP-01 is told from an outage: 503, and the cookie stays', async () => {
    const event = (await signedIn()).request()
    driver.isDown = true
    await expect(getServerSession(event)).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
    expect([event.node.res.getHeader('set-cookie'), event.node.res.getHeader('retry-after')]).toEqual([undefined, '5'])
  })

  it('never tells the store who it was', async () => {
    define({ session: { revocable: { list: true } } })
    const jar = await signedIn('CANARY-user', { 'user-agent': 'CANARY-agent' })
    await isAlive(jar.cookie)
    const sid = String((await jar.token()).sid)
    await revokeSession(jar.request(), sid)
    await revokeUserSessions(toEvent(), 'CANARY-user', { except: sid })
    const dump = JSON.stringify([...entries])
    expect([...entries.keys()].map(key => key.replace(/[\da-f]{64}$/, '#')).sort()).toEqual(['epoch:#', 'revoked:#', 'sessions:#'])
    for (const secret of ['CANARY', sid, jar.cookie.split('.')[3] ?? '-']) expect(dump).not.toContain(secret)
  })
})

describe('revokeSession', () => {
  const toSid = async (jar: Jar) => String((await jar.token()).sid)

  it('SES-17 never ends the session of another user, or of anybody for an anonymous caller', async () => {
    for (const session of [{ revocable: true }, { revocable: { list: true } }]) {
      define({ session })
      const [victim, attacker] = [await signedIn('1'), await signedIn('2')]
      for (const jar of [victim, attacker]) await isAlive(jar.cookie)
      const sid = await toSid(victim)
      for (const event of [attacker.request(), toEvent()]) await expect(revokeSession(event, sid)).rejects.toMatchObject({ code: 'AUTH_R070', statusCode: 403 })
      expect(await isAlive(victim.cookie)).toBe(true)
      await revokeSession(attacker.request(), sid, { anyUser: true })
      expect([await isAlive(victim.cookie), await isAlive(attacker.cookie)]).toEqual([false, true])
    }
  })

  it('SES-17 ends other sessions of the same user where they are listed, and only then', async () => {
    define({ session: { revocable: { list: true } } })
    const [phone, laptop] = [await signedIn('1'), await signedIn('1')]
    await expect(revokeSession(phone.request(), await toSid(laptop))).rejects.toThrow('AUTH_R070')
    expect(await isAlive(laptop.cookie)).toBe(true)
    await revokeSession(phone.request(), await toSid(laptop))
    expect([await isAlive(laptop.cookie), await isAlive(phone.cookie)]).toEqual([false, true])
  })

  it('SES-17 is refused to a session that was ended itself', async () => {
    const jar = await signedIn('1')
    const copy = jar.request()
    await signOut(jar.request())
    await expect(revokeSession(copy, await toSid(jar))).rejects.toThrow('AUTH_R070')
  })
})

describe('a store with damaged records', () => {
  const envelope = (value: unknown) => JSON.stringify({ value, expires: Date.now() + 60_000 })
  const find = (kind: string) => [...entries.keys()].find(key => key.startsWith(`${kind}:`) || key.includes(`:${kind}:`)) ?? ''

  it.each(['{', 'null', '{}', '[]', '""', '', '7', '{"id":7,"except":[]}', '{"id":"x"}'])('REV-02 never takes the epoch %j for none: 503, and the cookie stays', async (record) => {
    const [jar, other] = [await signedIn('1'), await signedIn('2')]
    await revokeUserSessions(toEvent(), '1')
    entries.set(find('epoch'), envelope(record))
    const event = jar.request()
    await expect(getServerSession(event)).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
    expect(event.node.res.getHeader('set-cookie')).toBeUndefined()
    expect(await isAlive(other.cookie)).toBe(true)
    // Ending all sessions once more mends it.
    await revokeUserSessions(toEvent(), '1')
    expect(await isAlive(jar.cookie)).toBe(false)
  })

  it.each(['', '{', 'null', '[]', '"x"', '7', '{"value":1,"expires":1e15}', '{"value":"x"}'])('REV-02 never takes the entry %j for a revocation that is not there: 503', async (stored) => {
    const jar = await signedIn('1')
    const copy = jar.cookie
    await signOut(jar.request())
    entries.set(find('revoked'), stored)
    await expect(getServerSession(toEvent({ cookie: copy }))).rejects.toMatchObject({ code: 'AUTH_R010', statusCode: 503 })
  })

  it.each(['{', '{}', '', 'x.y.z'])('REV-02 takes the list %j for an empty one, and writes it anew', async (record) => {
    define({ session: { revocable: { list: true } } })
    const jar = await signedIn('1')
    await isAlive(jar.cookie)
    entries.set(find('sessions'), envelope(record))
    expect(await listUserSessions(jar.request(), '1')).toEqual([])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    await isAlive(jar.cookie)
    expect(await listUserSessions(jar.request(), '1')).toHaveLength(1)
  })
})

describe('revokeUserSessions', () => {
  it('SES-13 ends all sessions of one user, and nobody else\'s', async () => {
    const [phone, laptop, other] = [await signedIn('1'), await signedIn('1'), await signedIn('2')]
    await revokeUserSessions(toEvent(), '1')
    expect(await Promise.all([phone, laptop, other].map(({ cookie }) => isAlive(cookie)))).toEqual([false, false, true])
  })

  it('leaves out the session that asks, also when it is renewed, and whoever signs in afterwards', async () => {
    define({ session: { revocable: true, updateAge: 0 } })
    const [phone, laptop] = [await signedIn(), await signedIn()]
    await revokeUserSessions(toEvent(), '1', { except: String((await phone.token()).sid) })
    const next = await signedIn()
    const event = phone.request()
    await getServerSession(event)
    phone.keep(event)
    expect(await Promise.all([phone, laptop, next].map(({ cookie }) => isAlive(cookie)))).toEqual([true, false, true])
    await revokeUserSessions(toEvent(), '1', { except: [String((await next.token()).sid)] })
    expect(await Promise.all([phone, laptop, next].map(({ cookie }) => isAlive(cookie)))).toEqual([false, false, true])
  })

  it('never depends on clocks: a session from a minute ahead ends with the others, one from behind begins', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    const ahead = await signedIn()
    vi.useRealTimers()
    await revokeUserSessions(toEvent(), '1')
    expect(await isAlive(ahead.cookie)).toBe(false)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 })
    const behind = await signedIn()
    vi.useRealTimers()
    expect(await isAlive(behind.cookie)).toBe(true)
  })

  it('goes by the id that callbacks.jwt gave the user', async () => {
    define({ callbacks: { jwt: ({ token, user }) => user ? { ...token, sub: `github:${user.id}` } : token } })
    const jar = await signedIn('7')
    await revokeUserSessions(toEvent(), '7')
    expect(await isAlive(jar.cookie)).toBe(true)
    await revokeUserSessions(toEvent(), 'github:7')
    expect(await isAlive(jar.cookie)).toBe(false)
    const next = await signedIn('7')
    expect(await isAlive(next.cookie)).toBe(true)
  })

  it('never ends the sessions of people without an id, as if they were one', async () => {
    define({ callbacks: { jwt: ({ token: { sub: _, ...token } }) => token } })
    const jar = await signedIn()
    await revokeUserSessions(toEvent(), '')
    expect(await isAlive(jar.cookie)).toBe(true)
    expect(await isAlive((await signedIn()).cookie)).toBe(true)
  })
})

describe('listUserSessions', () => {
  beforeEach(() => define({ session: { revocable: { list: true } } }))

  it('shows a user\'s sessions, the one that asks among them', async () => {
    const phone = await signedIn('1', { 'user-agent': 'Phone' })
    const laptop = await signedIn('1', { 'user-agent': 'Laptop' })
    const other = await signedIn('2')
    for (const jar of [phone, laptop, other]) await getServerSession(jar.request())
    const listed = await listUserSessions(laptop.request(), '1')
    expect(listed.map(({ userAgent, isCurrent }) => ({ userAgent, isCurrent }))).toEqual([{ userAgent: 'Laptop', isCurrent: true }, { userAgent: 'Phone', isCurrent: false }])
    expect(listed.map(({ sid }) => sid)).toEqual([(await laptop.token()).sid, (await phone.token()).sid])
    for (const { createdAt, lastSeenAt } of listed) expect([createdAt, lastSeenAt].map(date => Math.abs(date.getTime() - Date.now()) < 5000)).toEqual([true, true])
    expect(await listUserSessions(toEvent(), '3')).toEqual([])
  })

  it('never shows a session that has ended', async () => {
    const jars = await Promise.all(Array.from({ length: 4 }, () => signedIn()))
    await Promise.all(jars.map(jar => getServerSession(jar.request())))
    expect(await listUserSessions(toEvent(), '1')).toHaveLength(4)
    const [first, second, third] = jars as [Jar, Jar, Jar]
    await signOut(first.request())
    expect(await listUserSessions(toEvent(), '1')).toHaveLength(3)
    await revokeSession(third.request(), String((await second.token()).sid))
    expect(await listUserSessions(toEvent(), '1')).toHaveLength(2)
    await revokeUserSessions(toEvent(), '1', { except: String((await third.token()).sid) })
    expect((await listUserSessions(third.request(), '1')).map(({ isCurrent }) => isCurrent)).toEqual([true])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 86_400_000 })
    expect(await listUserSessions(toEvent(), '1')).toEqual([])
  })

  it('is bounded: the sessions seen last', async () => {
    const jars: Jar[] = []
    for (let index = 0; index < 55; index++) {
      jars.push(await signedIn())
      await getServerSession(jars[index]!.request())
    }
    const listed = await listUserSessions(toEvent(), '1')
    expect(listed).toHaveLength(50)
    expect(listed[0]?.sid).toBe((await jars[54]!.token()).sid)
    // One that fell off the list ends with all the others.
    await revokeUserSessions(toEvent(), '1')
    expect(await isAlive(jars[0]!.cookie)).toBe(false)
  })

  it('ADP-02 never signs anybody out because it can\'t be written', async () => {
    const jar = await signedIn()
    const set = vi.spyOn(entries, 'set').mockImplementation(() => {
      throw new Error('read-only')
    })
    expect(await isAlive(jar.cookie)).toBe(true)
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('could not be written'))
    set.mockRestore()
  })
})

describe('an app that does not revoke', () => {
  it('is told what to set', async () => {
    define({ session: {} })
    await expect(revokeSession(toEvent(), 'x')).rejects.toThrow(/AUTH_D021: server\/auth\.ts: `revokeSession`.*Set `session: \{ revocable: true \}`/)
    await expect(revokeUserSessions(toEvent(), '1')).rejects.toThrow('AUTH_D021')
    define({})
    await expect(listUserSessions(toEvent(), '1')).rejects.toThrow(/`listUserSessions`.*Set `session: \{ revocable: \{ list: true \} \}`/)
  })
})

describe('the claims of a session', () => {
  it('never come from a client, a hook or a callback, and never reach the browser', async () => {
    const evil = { sid: 'mine', auth_time: 1, epoch: 'mine', revalidated_at: 9e9 }
    define({
      extend: { token: () => evil, update: () => evil, session: () => ({ role: 'x' }) },
      callbacks: { jwt: ({ token }) => Object.assign(token, evil) },
    })
    const jar = await signedIn()
    const before = await jar.token()
    expect(before).toMatchObject({ sid: expect.stringMatching(/^[\w-]{24}$/) as string })
    expect([before.epoch, before.revalidated_at]).toEqual([undefined, undefined])
    const event = jar.request()
    expect(Object.keys(await getServerSession(event) ?? {}).sort()).toEqual(['expires', 'role', 'user'])
    await updateServerSession(event, evil)
    jar.keep(event)
    expect(await jar.token()).toMatchObject({ sid: before.sid, auth_time: before.auth_time })
  })

  it('stay through renewals and updates, and are new at the next sign-in', async () => {
    define({ session: { revocable: true, updateAge: 0 }, extend: { token: () => ({ n: 0 }), update: ({ token }) => ({ n: Number(token.n) + 1 }) } })
    const jar = await signedIn()
    const { sid } = await jar.token()
    for (let index = 0; index < 3; index++) {
      const event = jar.request()
      await updateServerSession(event, {})
      jar.keep(event)
    }
    expect(await jar.token()).toMatchObject({ sid, n: 3 })
    expect((await jar.signIn()).sid).not.toBe(sid)
  })
})

describe('SES-10, ADP-04: sign-out in a race', () => {
  const turn = () => new Promise<void>(resolve => setImmediate(resolve))
  const wait = async (turns: number) => {
    for (let index = 0; index < turns; index++) await turn()
  }
  const random = (below: number) => Math.floor(Math.random() * below)

  it.each<[string, Partial<RuntimeDefinition>]>([
    ['a rolling cookie', { session: { revocable: true, updateAge: 0 } }],
    ['a cookie that each read changes', { callbacks: { jwt: async ({ token }) => {
      await wait(random(3))
      return { ...token, n: Number(token.n ?? 0) + 1 }
    } } }],
    ['a revalidation at each read', { session: { revocable: true, revalidateAfter: 0 }, extend: { revalidate: async () => {
      await wait(random(3))
      return { n: random(1e9) }
    } } }],
    ['a list', { session: { revocable: { list: true }, updateAge: 0 } }],
  ])('never resurrects a session: %s', async (_, definition) => {
    define({ extend: { update: () => ({ n: random(1e9) }) }, ...definition, ...(definition.extend && { extend: { update: () => ({}), ...definition.extend } }) })
    let renewed = 0
    for (let round = 0; round < rounds; round++) {
      const jar = await signedIn()
      const act = async (run: (event: ReturnType<Jar['request']>) => Promise<unknown>) => {
        const event = jar.request()
        await wait(random(4))
        await run(event)
        await wait(random(4))
        jar.keep(event)
      }
      await Promise.all([...Array.from({ length: 3 }, () => act(getServerSession)), act(event => updateServerSession(event, {})), act(signOut)])
      renewed += jar.seen.size - 1
      for (const cookie of jar.seen) expect(await isAlive(cookie)).toBe(false)
    }
    // Cookies did go out while it was being signed out: there was something to resurrect.
    expect(renewed).toBeGreaterThan(rounds / 2)
  }, 10_000 + rounds * 20)
})
