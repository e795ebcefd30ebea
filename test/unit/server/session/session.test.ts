import { decode, encode } from '@auth/core/jwt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RuntimeDefinition } from '../../../../src/runtime/server/config/resolve'
import { requireSession, requireToken } from '../../../../src/runtime/server/guard/require-session'
import { getServerSession, getToken, isPersonal, updateServerSession } from '../../../../src/runtime/server/session/session'
import { listUserSessions, revokeSession, revokeUserSessions, signOut } from '../../../../src/runtime/server/session/user-sessions'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const name = '__Host-authjs.session-token'
const definition: RuntimeDefinition = { providers: [], extend: { session: ({ token }) => ({ role: token.role }), update: ({ input }) => ({ note: input }) } }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = definition
})
afterEach(() => {
  vi.unstubAllEnvs()
})

async function toSignedIn(token: object = { sub: '1', name: 'Ada', role: 'admin' }) {
  return toEvent({ cookie: `${name}=${await encode({ token, secret, salt: name })}` })
}

const toCookies = (event: ReturnType<typeof toEvent>) => [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)

describe('getServerSession', () => {
  it('decodes the cookie into the declared session', async () => {
    expect(await getServerSession(await toSignedIn())).toMatchObject({ user: { name: 'Ada' }, role: 'admin', expires: expect.any(String) as string })
  })

  it('decodes once per event, however many ask', async () => {
    const decodeOnce = vi.fn(decode)
    current.definition = { ...definition, jwt: { decode: decodeOnce } }
    const event = await toSignedIn()
    const sessions = await Promise.all(Array.from({ length: 100 }, () => getServerSession(event)))
    expect(new Set(sessions).size).toBe(1)
    await getToken(event)
    expect(decodeOnce).toHaveBeenCalledOnce()
  })

  it('never mixes events up that share a context', async () => {
    const [ada, stranger] = [await toSignedIn(), toEvent()]
    stranger.context = ada.context
    expect(await getServerSession(ada)).not.toBeNull()
    expect(await getServerSession(stranger)).toBeNull()
  })

  it('costs an anonymous visitor nothing: no definition, no cookie', async () => {
    current.definition = undefined
    for (const headers of [{}, { cookie: '' }] as Record<string, string>[]) {
      const event = toEvent(headers)
      expect(await getServerSession(event)).toBeNull()
      expect([toCookies(event), event.node.res.getHeader('vary')]).toEqual([[], undefined])
    }
  })

  it('sets no cookie for a visitor who has others of ours', async () => {
    const event = toEvent({ cookie: 'theme=dark; authjs.csrf-token=x; __Host-authjs.session-token-2=x' })
    expect(await getServerSession(event)).toBeNull()
    expect(toCookies(event)).toEqual([])
  })

  it('reads a cookie under the name that the definition gives it', async () => {
    current.definition = { ...definition, cookies: { sessionToken: { name: 'mine' } } }
    const event = toEvent({ cookie: `mine=${await encode({ token: { role: 'admin' }, secret, salt: 'mine' })}` })
    expect(await getServerSession(event)).toMatchObject({ role: 'admin' })
  })

  it('adds Cookie to what the answer already varies by', async () => {
    const event = await toSignedIn()
    event.node.res.setHeader('vary', 'Accept-Encoding')
    await getServerSession(event)
    expect([event.node.res.getHeader('vary'), event.node.res.getHeader('cache-control')]).toEqual(['Accept-Encoding, Cookie', 'private, no-store'])
  })

  it('tells events.session, and survives its failure', async () => {
    const told = vi.fn(() => Promise.reject(new Error('x')))
    const events = { session: told }
    current.definition = { ...definition, events }
    vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await getServerSession(await toSignedIn())).toMatchObject({ role: 'admin' })
    // As a method, which an object of a class may count on.
    expect(told.mock.contexts).toEqual([events])
    expect(told).toHaveBeenCalledWith(expect.objectContaining({ session: expect.objectContaining({ role: 'admin' }) as object }))
  })

  it.each([null, [], 'x', { user: null }, { expires: 'never' }, { expires: '2001-01-01' }, { user: 'Ada' }])('GRD-03, GRD-04 never believes a session that callbacks.session made %j', async (made) => {
    current.definition = { ...definition, callbacks: { session: () => made as never } }
    const event = await toSignedIn()
    const session = await getServerSession(event).catch((error: Error) => error.message)
    // Either what is missing is still the base's, or there is an error: never a session without user and future.
    if (typeof session === 'string') expect(session).toContain('AUTH_R001')
    else expect(session).toMatchObject({ user: { name: 'Ada' } })
  })

  it.each<[string, Partial<RuntimeDefinition>]>([
    ['callbacks.session, a user of its own', { callbacks: { session: () => ({ user: { uid: '1' } }) as never } }],
    ['callbacks.session, null', { callbacks: { session: ({ session }) => ({ ...session, user: { ...session.user, email: null } }) as never } }],
    ['callbacks.session, undefined', { callbacks: { session: ({ session }) => ({ ...session, user: { ...session.user, email: undefined } }) as never } }],
    ['callbacks.session, delete', { callbacks: { session: ({ session }) => (Reflect.deleteProperty(session.user, 'email'), session) } }],
    ['extend.session, null', { extend: { session: () => ({ user: { email: null } }) } }],
    ['extend.session, undefined', { extend: { session: () => ({ user: { email: undefined } }) } }],
    ['extend.session, then callbacks.session', { extend: { session: () => ({ user: { email: null } }) }, callbacks: { session: () => ({ role: 'admin' }) as never } }],
    ['extend.token', { extend: { update: () => ({ email: null }) } }],
  ])('LEAK-12 never sends an email that the definition took away, read or updated: %s', async (_, own) => {
    current.definition = { providers: [], ...own }
    const token = { sub: '1', name: 'Ada', email: 'ada@app.example' }
    const read = await toSignedIn(own.extend?.update ? { ...token, email: null } : token)
    expect(JSON.stringify(await getServerSession(read))).not.toContain('ada@app.example')
    expect(JSON.stringify(await updateServerSession(await toSignedIn(token), {}))).not.toContain('ada@app.example')
    expect((await getServerSession(read))?.expires).toEqual(expect.any(String))
  })

  it('never goes on with a definition, a secret or an origin that is none', async () => {
    const event = await toSignedIn()
    current.definition = {}
    await expect(getServerSession(event)).rejects.toThrow('AUTH_D001')
    current.definition = definition
    vi.stubEnv('AUTH_SECRET', '')
    await expect(requireSession(await toSignedIn())).rejects.toThrow('AUTH_S001')
    vi.stubEnv('AUTH_SECRET', secret)
    vi.stubEnv('AUTH_URL', '')
    await expect(requireSession(await toSignedIn())).rejects.toThrow('AUTH_S003')
  })

  it('asks a definition that is a function with the event, and says so when it throws', async () => {
    const event = await toSignedIn()
    current.definition = (given: unknown) => given === event ? definition : undefined
    expect(await getServerSession(event)).not.toBeNull()
    current.definition = () => Promise.reject(new Error('tenant'))
    await expect(getServerSession(await toSignedIn())).rejects.toThrow('AUTH_R001')
  })
})

describe('isPersonal', () => {
  it('is true once somebody\'s session was read, and false for strangers, outages and who was not asked', async () => {
    const event = await toSignedIn()
    expect(await isPersonal(event)).toBe(false)
    await getServerSession(event)
    expect(await isPersonal(event)).toBe(true)
    const stranger = toEvent()
    await getServerSession(stranger)
    expect(await isPersonal(stranger)).toBe(false)
  })
})

describe('updateServerSession', () => {
  it('is null for who is not signed in, and sets no cookie when nothing changed', async () => {
    expect(await updateServerSession(toEvent(), 'x')).toBeNull()
    current.definition = { providers: [] }
    const event = await toSignedIn()
    expect(await updateServerSession(event, { role: 'admin' })).not.toBeNull()
    expect(toCookies(event)).toEqual([])
  })
})

describe('requireSession', () => {
  it('gives the session to whom the rule names, 401 to strangers, 403 to others', async () => {
    expect(await requireSession(await toSignedIn())).toMatchObject({ role: 'admin' })
    expect(await requireSession(await toSignedIn(), { match: { role: ['admin'] } as never })).toMatchObject({ role: 'admin' })
    await expect(requireSession(toEvent())).rejects.toMatchObject({ statusCode: 401 })
    await expect(requireSession(await toSignedIn(), { match: { role: 'owner' } as never })).rejects.toMatchObject({ statusCode: 403 })
  })

  it.each([false, 'guest', undefined, null, 'true', {}])('never gives a session away for the rule %j to a stranger', async (rule) => {
    await expect(requireSession(toEvent(), rule as never)).rejects.toMatchObject({ statusCode: expect.any(Number) as number })
  })
})

describe('functions that are called with the event', () => {
  const given = [['{ event }', (event: object) => ({ event })], ['{ req }', () => ({ req: {} })], ['event.context', () => ({})], ['nothing', () => undefined], ['a string', () => 'x']] as const
  const functions: [string, (event: never) => Promise<unknown>][] = [
    ['getServerSession', event => getServerSession(event)],
    ['getToken', event => getToken(event)],
    ['updateServerSession', event => updateServerSession(event, {})],
    ['requireSession', async event => await requireSession(event)],
    ['requireToken', event => requireToken(event)],
    ['signOut', event => signOut(event)],
    ['revokeSession', event => revokeSession(event, 'x')],
    ['revokeUserSessions', event => revokeUserSessions(event, 'x')],
    ['listUserSessions', event => listUserSessions(event, 'x')],
  ]

  it.each(functions)('%s says so where it got something else', async (called, run) => {
    for (const [what, wrap] of given) {
      const call = async () => await run(wrap(await toSignedIn()) as never)
      await expect(call, what).rejects.toThrow(`AUTH_D022: \`${called}\` was called with something that is not the event of a request. Pass the event itself, the first parameter of the handler: \`${called}(event)\``)
    }
  })
})
