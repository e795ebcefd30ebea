import { createStorage } from 'unstorage'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getConfig } from '../../../../src/runtime/server/config/load'
import type { RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { credentials } from '../../../../src/runtime/server/define'
import { signOut } from '../../../../src/runtime/server/session/user-sessions'
import { getServerSession, updateServerSession } from '../../../../src/runtime/server/session/session'
import { current } from '../../definition-module'
import { toEvent } from '../../event'
import { storage } from '../../host'
import { MemoryAdapter } from '../../memory-adapter'
import { Visitor } from '../../visitor'

const name = '__Host-authjs.session-token'
const form = credentials({ credentials: { id: {} }, authorize: ({ id }) => ({ id, name: 'Ada' }) })
const signedOut = vi.fn()
let adapter: MemoryAdapter

/** Each way of keeping a session, with `events.signOut` counted. */
const definitions: Record<string, () => Partial<RuntimeDefinition>> = {
  'a token': () => ({}),
  'a revocable token': () => ({ session: { revocable: true } }),
  'a database row': () => ({ adapter }),
}

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
  adapter = new MemoryAdapter([{ id: '7', name: 'Ada' }])
  storage.current = createStorage()
  signedOut.mockClear()
  define(definitions['a revocable token']!())
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function define(definition: Partial<RuntimeDefinition>): void {
  current.definition = { providers: [form], events: { signOut: signedOut }, ...definition }
}

async function signedIn(): Promise<{ visitor: Visitor, copy: string }> {
  const visitor = new Visitor()
  expect((await visitor.post('/api/auth/callback/credentials', { id: '7' })).status).toBe(200)
  await visitor.get('/api/auth/csrf')
  return { visitor, copy: visitor.cookies.get(name) ?? '' }
}

/** The same browser once more: what it does with its cookies, the other does not see. */
function clone(visitor: Visitor): Visitor {
  const other = new Visitor()
  for (const [name, value] of visitor.cookies) other.cookies.set(name, value)
  return other
}

/** Milliseconds of the fastest of five runs: what others do on the machine does not count. */
async function measure(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  while (times.length < 5) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  return Math.min(...times)
}

const isAlive = async (copy: string) => await getServerSession(toEvent({ cookie: `${name}=${copy}` })) !== null
const strays = [`${name}.0=stray`, `${name}.1=stray`, `${name}.5=stray`, `${name}.0=`, `${name}-x=stray`, `${name}.0=a; ${name}.1=b; ${name}.2=c`]

function plant(visitor: Visitor, stray: string): void {
  for (const pair of stray.split('; ')) visitor.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
}

describe.each(['a revocable token', 'a database row'])('a session in %s', (kind) => {
  beforeEach(() => define(definitions[kind]!()))

  it.each(strays)('SES-15 ends with the sign-out, also beside %s', async (stray) => {
    const { visitor, copy } = await signedIn()
    plant(visitor, stray)
    expect(await isAlive(copy)).toBe(true)
    expect((await visitor.post('/api/auth/signout', {})).status).toBe(200)
    expect([await isAlive(copy), visitor.cookies.has(name)]).toEqual([false, false])
    expect(await (await visitor.get('/api/auth/session')).json()).toBeNull()
  })

  it.each(strays)('SES-15 is replaced by the next sign-in, also beside %s', async (stray) => {
    const { visitor, copy } = await signedIn()
    plant(visitor, stray)
    expect((await visitor.post('/api/auth/callback/credentials', { id: '7' })).status).toBe(200)
    expect(await isAlive(copy)).toBe(false)
    expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ user: { name: 'Ada' } })
  })

  it('SES-15 ends with signOut() of a handler, also beside a stray part', async () => {
    const { visitor, copy } = await signedIn()
    plant(visitor, strays[0]!)
    await signOut(visitor.event())
    expect(await isAlive(copy)).toBe(false)
  })
})

describe('a session cookie in two parts', () => {
  const note = 'x'.repeat(3500)

  it('is taken back by a shorter one, and by a sign-out, whole', async () => {
    define({ extend: { token: ({ user }) => ({ note: user.id === '1' ? '' : note }), session: ({ token }) => ({ note: token.note }) } } as Partial<RuntimeDefinition>)
    const { visitor } = await signedIn()
    const parts = () => [...visitor.cookies.keys()].filter(other => other.startsWith(name))
    expect(parts()).toEqual([`${name}.0`, `${name}.1`])
    expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ note })
    await visitor.post('/api/auth/callback/credentials', { id: '1' })
    expect([parts(), await (await visitor.get('/api/auth/session')).json()]).toEqual([[name], expect.objectContaining({ note: '' })])
    await visitor.post('/api/auth/callback/credentials', { id: '2' })
    expect(parts()).toEqual([`${name}.0`, `${name}.1`])
    await visitor.post('/api/auth/signout', {})
    expect(parts()).toEqual([])
  })
})

describe('COK-09 hundreds of parts', () => {
  const flood = `${name}.0=A; ${Array.from({ length: 579 }, (_, index) => `${name}.${index + 1}=`).join('; ')}`
  const cookiesOf = (response: Response) => response.headers.getSetCookie().filter(line => line.startsWith(name))

  it.each(Object.keys(definitions))('delete no more than this module writes, and cost nothing, with %s', async (kind) => {
    define(definitions[kind]!())
    const visitor = new Visitor()
    await visitor.get('/api/auth/csrf')
    plant(visitor, flood)
    const event = visitor.event()
    expect(await getServerSession(event)).toBeNull()
    const set = [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
    expect(set.map(line => line.split('=')[0])).toEqual([`${name}.0`, `${name}.1`])
    const answer = await clone(visitor).post('/api/auth/signout', {})
    expect([answer.status, cookiesOf(answer).map(line => line.split('=')[0])]).toEqual([200, [`${name}.0`, `${name}.1`]])
    expect(await measure(() => getServerSession(visitor.event()))).toBeLessThan(5)
  })
})

describe('COK-10 odd parts', () => {
  const mangle: Record<string, (copy: string) => string> = {
    'a gap': copy => `${name}.0=${copy.slice(0, 100)}; ${name}.2=${copy.slice(100)}`,
    'in reverse': copy => `${name}.1=${copy.slice(100)}; ${name}.0=${copy.slice(0, 100)}`,
    'twice': copy => `${name}=${copy}; ${name}=${copy}; ${name}.0=${copy}; ${name}.0=x`,
    'negative': copy => `${name}.-1=${copy}; ${name}.-0=${copy}`,
    'no number': copy => `${name}.NaN=${copy}; ${name}.=${copy}; ${name}.1e0=x`,
    'far away': copy => `${name}.999999999=x; ${name}=${copy}`,
    '300': copy => Array.from({ length: 300 }, (_, index) => `${name}.${index}=${copy.slice(index, index + 1)}`).join('; '),
  }

  it.each(Object.keys(mangle))('%s: no session or the same, at every route, in less than 20 ms', async (how) => {
    const { visitor, copy } = await signedIn()
    const csrf = [...visitor.cookies].find(([key]) => key.includes('csrf'))!
    const odd = new Visitor()
    odd.cookies.set(csrf[0], `${csrf[1]}; ${mangle[how]!(copy)}`)
    for (const run of [() => clone(odd).get('/api/auth/session'), () => clone(odd).post('/api/auth/session', {}), () => clone(odd).post('/api/auth/signout', {})]) {
      const response = await run()
      expect([response.status, await measure(run) < 20]).toEqual([200, true])
      const body = await response.json() as { user?: { name: string }, url?: string } | null
      expect(body?.url ?? body?.user?.name ?? 'Ada').toMatch(/^Ada$|^https:\/\/app\.example\/$/)
    }
  })
})

describe('signing out', () => {
  it.each(Object.keys(definitions))('SES-16 is told once, however many ask at once and again, with %s', async (kind) => {
    define(definitions[kind]!())
    const { visitor, copy } = await signedIn()
    const browsers = Array.from({ length: 50 }, () => clone(visitor))
    const answers = await Promise.all(browsers.map(browser => browser.post('/api/auth/signout', {})))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await clone(visitor).post('/api/auth/signout', {})).status).toBe(200)
    await signOut(clone(visitor).event())
    expect((await browsers[0]!.post('/api/auth/signout', {})).status).toBe(200)
    expect((await new Visitor().post('/api/auth/signout', {})).status).toBe(200)
    expect(signedOut).toHaveBeenCalledOnce()
    if (kind !== 'a token') expect(await isAlive(copy)).toBe(false)
  })

  it.each(Object.keys(definitions))('SES-16 is told once by signOut() of handlers, with %s', async (kind) => {
    define(definitions[kind]!())
    const { visitor } = await signedIn()
    await Promise.all(Array.from({ length: 50 }, () => signOut(visitor.event())))
    expect(signedOut).toHaveBeenCalledOnce()
  })

  it('SES-16 succeeds where an adapter fails on a row that is gone', async () => {
    define(definitions['a database row']!())
    const { visitor } = await signedIn()
    const original = adapter.deleteSession.bind(adapter)
    // As Prisma does. https://www.prisma.io/docs/orm/reference/error-reference#p2025
    adapter.deleteSession = async (key) => {
      if (!adapter.sessions.has(key)) throw new Error('P2025')
      await original(key)
    }
    const answers = await Promise.all(Array.from({ length: 50 }, () => clone(visitor).post('/api/auth/signout', {})))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await clone(visitor).post('/api/auth/signout', {})).status).toBe(200)
    expect(signedOut).toHaveBeenCalledOnce()
  })

  it('SES-16 counts each session', async () => {
    for (let round = 1; round <= 3; round++) {
      const { visitor } = await signedIn()
      await visitor.post('/api/auth/signout', {})
      expect(signedOut).toHaveBeenCalledTimes(round)
    }
  })
})

describe('an update', () => {
  it('SES-15 changes the session that is read, also beside a stray part', async () => {
    define({ extend: { update: ({ input }) => ({ note: input }), session: ({ token }) => ({ note: token.note }) } } as Partial<RuntimeDefinition>)
    const { visitor } = await signedIn()
    plant(visitor, strays[0]!)
    expect(await updateServerSession(visitor.event(), 'new')).toMatchObject({ note: 'new' })
    expect((await getConfig(visitor.event())).cookies.sessionToken.name).toBe(name)
  })
})
