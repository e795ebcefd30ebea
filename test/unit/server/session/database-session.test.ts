import { createError } from 'h3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endDatabaseSession } from '../../../../src/runtime/server/session/database-session'
import { getConfig } from '../../../../src/runtime/server/config/load'
import { requireSession, requireToken } from '../../../../src/runtime/server/guard/require-session'
import { getServerSession, getToken, updateServerSession } from '../../../../src/runtime/server/session/session'
import { createSessionToken, toSessionKey } from '../../../../src/runtime/server/session/rows'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { MemoryAdapter } from '../../memory-adapter'

const name = '__Host-authjs.session-token'
const canary = 'CANARY-hash-81b2'
const day = 86_400_000
let adapter: MemoryAdapter

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  adapter = new MemoryAdapter([{ id: '7', name: 'Ada', email: 'ada@app.example', image: null, role: 'admin', password_hash: canary }])
  define({ extend: { session: ({ user }: { user: { role: string } }) => ({ role: user.role }) } })
})
afterEach(() => void vi.unstubAllEnvs())

function define(more: object): void {
  current.definition = { providers: [], adapter, ...more }
}

/** Somebody with a session that ends in `left` milliseconds. */
async function toSignedIn(left = 30 * day) {
  const token = createSessionToken()
  const key = await toSessionKey(token)
  adapter.sessions.set(key, { sessionToken: key, userId: '7', expires: new Date(Date.now() + left) })
  return { event: toEvent({ cookie: `${name}=${token}` }), token, key }
}

const toCookies = (event: ReturnType<typeof toEvent>) => [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)

describe('getServerSession with a database', () => {
  it('asks the adapter once per request, however many ask', async () => {
    const { event } = await toSignedIn()
    const sessions = await Promise.all([...Array.from({ length: 50 }, () => getServerSession(event)), requireSession(event)])
    expect(new Set(sessions).size).toBe(1)
    expect(adapter.asked).toHaveLength(1)
    expect(toCookies(event)).toEqual([])
    expect([event.node.res.getHeader('cache-control'), event.node.res.getHeader('vary')]).toEqual(['private, no-store', 'Cookie'])
  })

  it('LEAK-02 never gives more than name, email, image and what the definition declared', async () => {
    expect(await getServerSession((await toSignedIn()).event)).toEqual({ user: { name: 'Ada', email: 'ada@app.example', image: null }, expires: expect.any(String) as string, role: 'admin' })
  })

  it('LEAK-02 never lets the row through the documented callback', async () => {
    const session = ({ session, user }: { session: { user: { id?: string } }, user: { id: string } }) => {
      session.user.id = user.id
      return session
    }
    define({ callbacks: { session } })
    const { event, token, key } = await toSignedIn()
    const text = JSON.stringify(await getServerSession(event))
    expect(JSON.parse(text)).toEqual({ user: { id: '7', name: 'Ada', email: 'ada@app.example', image: null }, expires: expect.any(String) as string })
    for (const secret of [canary, token, key, 'sessionToken', 'userId']) expect(text).not.toContain(secret)
  })

  it.each([
    ['extend.session: ({ user }) => ({ user })', { extend: { session: ({ user }: { user: object }) => ({ user }) } }],
    ['extend.session: ({ user }) => user', { extend: { session: ({ user }: { user: object }) => user } }],
    ['callbacks.session that sets session.user', { callbacks: { session: ({ session, user }: { session: object, user: object }) => Object.assign(session, { user }) } }],
  ])('LEAK-02 never gives the whole row away, by %s: AUTH_D030', async (_, more) => {
    define(more)
    const { event } = await toSignedIn()
    await expect(getServerSession(event)).rejects.toMatchObject({ code: 'AUTH_D030', statusCode: 503 })
    expect(toCookies(event)).toEqual([])
  })

  it.each([
    ['callbacks.session, a user of its own', { callbacks: { session: () => ({ user: { uid: '7' } }) } }],
    ['callbacks.session, null', { callbacks: { session: ({ session }: { session: { user: object } }) => ({ ...session, user: { ...session.user, email: null } }) } }],
    ['extend.session, null', { extend: { session: () => ({ user: { email: null } }) } }],
    ['extend.session, undefined', { extend: { session: () => ({ user: { email: undefined } }) } }],
  ])('LEAK-12 never sends an email that the definition took away: %s', async (_, more) => {
    define(more)
    expect(JSON.stringify(await getServerSession((await toSignedIn()).event))).not.toContain('ada@app.example')
  })

  it('sees a change of the row at the next request', async () => {
    const { token } = await toSignedIn()
    adapter.users.get('7')!.role = 'member'
    expect(await getServerSession(toEvent({ cookie: `${name}=${token}` }))).toMatchObject({ role: 'member' })
  })

  it('deletes an expired session, and takes its cookie away', async () => {
    const { event } = await toSignedIn(-1)
    expect(await getServerSession(event)).toBeNull()
    expect(adapter.sessions.size).toBe(0)
    expect(toCookies(event)).toEqual([`${name}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`])
  })

  it('ADP-09 knows nobody once the user is deleted', async () => {
    const { event } = await toSignedIn()
    await adapter.deleteUser('7')
    expect(await getServerSession(event)).toBeNull()
  })

  it('moves the end once updateAge has passed: row, cookie and expires, in one write', async () => {
    const { event, token, key } = await toSignedIn(28 * day)
    const session = await getServerSession(event)
    expect(adapter.asked.slice(1)).toEqual(['updateSession'])
    expect(adapter.sessions.get(key)?.expires.toISOString()).toBe(session?.expires)
    expect(Date.parse(session?.expires ?? '') - Date.now()).toBeGreaterThan(29.9 * day)
    expect(toCookies(event)).toEqual([expect.stringMatching(new RegExp(`^${name}=${token}; Path=/; Expires=.*; HttpOnly; Secure; SameSite=Lax$`))])
  })

  it('ADP-02 never signs anybody out because the database can only be read', async () => {
    adapter.updateSession = () => Promise.reject(new Error('read-only'))
    const { event } = await toSignedIn(28 * day)
    expect(await getServerSession(event)).toMatchObject({ role: 'admin' })
    expect(toCookies(event)).toEqual([])
  })

  it('ADP-01 answers 503 with Retry-After within three seconds of silence, and leaves the cookie alone', async () => {
    adapter.getSessionAndUser = () => new Promise(() => {})
    const { event } = await toSignedIn()
    const start = Date.now()
    await expect(requireSession(event)).rejects.toMatchObject({ code: 'AUTH_R001', statusCode: 503 })
    expect(Date.now() - start).toBeLessThan(3000)
    expect([event.node.res.getHeader('retry-after'), toCookies(event)]).toEqual(['5', []])
  })

  it.each([
    ['a database that is away', () => { adapter.getSessionAndUser = () => Promise.reject(new Error('CANARY pg://u:p@h')) }],
    ['extend.session', () => define({ extend: { session: () => Promise.reject(new Error('CANARY pg://u:p@h')) } })],
    ['callbacks.session', () => define({ callbacks: { session: () => Promise.reject(new Error('CANARY pg://u:p@h')) } })],
  ])('never takes an outage of %s for a sign-out, and never tells what failed', async (_, breakIt) => {
    breakIt()
    const { event } = await toSignedIn(28 * day)
    const error = await getServerSession(event).catch((error: Error) => error)
    expect(error).toMatchObject({ code: 'AUTH_R001', statusCode: 503 })
    expect((error as Error).message).not.toContain('CANARY')
    expect(toCookies(event)).toEqual([])
  })

  it('ADP-14 never asks the database for what is no token, and takes the cookie away', async () => {
    const event = toEvent({ cookie: `${name}=' OR 1=1--` })
    expect(await getServerSession(event)).toBeNull()
    expect(adapter.asked).toEqual([])
    expect(toCookies(event)).toHaveLength(1)
  })

  it('SES-10 has no live session after a sign-out that came while others were reading', async () => {
    for (const parallel of [2, 10, 50]) {
      const { event, token, key } = await toSignedIn(28 * day)
      const reads = Array.from({ length: parallel }, () => getServerSession(toEvent({ cookie: `${name}=${token}` })))
      await endDatabaseSession(await getConfig(event), key)
      await Promise.all(reads)
      expect(await getServerSession(toEvent({ cookie: `${name}=${token}` }))).toBeNull()
      expect(adapter.sessions.size).toBe(0)
    }
  })
})

describe('getToken with a database', () => {
  it('says that there is none, and is null for strangers', async () => {
    const { event } = await toSignedIn()
    await expect(getToken(event)).rejects.toMatchObject({ code: 'AUTH_R030' })
    await expect(requireToken(event)).rejects.toMatchObject({ code: 'AUTH_R030' })
    expect(await getToken(toEvent())).toBeNull()
    await expect(requireToken(toEvent())).rejects.toMatchObject({ statusCode: 401 })
  })
})

describe('endDatabaseSession', () => {
  it('ends a session by its key, for every request after it', async () => {
    const { event, token, key } = await toSignedIn()
    await endDatabaseSession(await getConfig(event), key)
    expect(await getServerSession(toEvent({ cookie: `${name}=${token}` }))).toBeNull()
  })

  it('says so where sessions are in tokens', async () => {
    current.definition = { providers: [] }
    await expect(endDatabaseSession(await getConfig(toEvent()), 'x')).rejects.toThrow('AUTH_D005')
  })
})

describe('updateServerSession with a database', () => {
  it('UPD-01 changes nothing without extend.update, and shows the session as it is', async () => {
    const { event } = await toSignedIn()
    expect(await updateServerSession(event, { role: 'owner', user: { role: 'owner' } })).toMatchObject({ role: 'admin' })
    expect([adapter.users.get('7')?.role, adapter.asked.includes('updateUser')]).toEqual(['admin', false])
  })

  it('writes what extend.update accepts into the row, and shows what the database has made of it', async () => {
    const update = ({ user, input }: { user: { role: string }, input: unknown }) => ({ name: `${String(input)} (${user.role})` })
    define({ extend: { update } })
    const { event } = await toSignedIn()
    expect(await updateServerSession(event, 'Countess')).toMatchObject({ user: { name: 'Countess (admin)' } })
    expect(adapter.users.get('7')).toMatchObject({ name: 'Countess (admin)', role: 'admin', email: 'ada@app.example' })
    expect(await getServerSession(event)).toMatchObject({ user: { name: 'Countess (admin)' } })
  })

  it('UPD-02 never changes who somebody is', async () => {
    define({ extend: { update: ({ input }: { input: object }) => input } })
    const { event } = await toSignedIn()
    const input = JSON.parse('{ "id": "8", "email": "victim@app.example", "emailVerified": "2026-01-01", "sub": "8", "__proto__": { "role": "owner" } }') as object
    await updateServerSession(event, input)
    expect(adapter.users.get('7')).toEqual({ id: '7', name: 'Ada', email: 'ada@app.example', emailVerified: null, image: null, role: 'admin', password_hash: canary })
    expect(adapter.users.size).toBe(1)
  })

  it('hands callbacks.session what was accepted, never what the client sent', async () => {
    const session = vi.fn(({ session }: { session: object }) => session)
    define({ extend: { update: () => ({ name: 'Grace' }) }, callbacks: { session } })
    await updateServerSession((await toSignedIn()).event, { role: 'owner' })
    expect(session).toHaveBeenLastCalledWith(expect.objectContaining({ trigger: 'update', newSession: { name: 'Grace' } }))
  })

  it('passes a 4xx of extend.update on, makes the rest 503, and is null for strangers', async () => {
    for (const [thrown, status] of [[createError({ statusCode: 400 }), 400], [new Error('database'), 503]] as const) {
      define({ extend: { update: () => Promise.reject(thrown) } })
      const { event } = await toSignedIn()
      await expect(updateServerSession(event, 'x')).rejects.toMatchObject({ statusCode: status })
      expect(toCookies(event)).toEqual([])
    }
    expect(await updateServerSession(toEvent(), 'x')).toBeNull()
  })
})
