import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { findForms, toBytes } from './canary'
import { startServer } from './server'
import type { Server } from './server'

const cookieName = 'authjs.session-token'
const canary = 'CANARY-hash-81b2'

await setupApp('database')

// Node 20 has no built-in SQLite.
const stores = [{ store: 'pglite', has: true }, { store: 'sqlite', has: process.getBuiltinModule?.('node:sqlite') !== undefined }]

describe.each(stores.filter(({ has }) => has))('sessions in $store', ({ store }) => {
  let server: Server
  beforeAll(async () => void (server = await startServer({ STORE: store })))
  afterAll(async () => await server.stop())

  async function signedIn(name = 'Ada'): Promise<Visitor> {
    const visitor = new Visitor(server.origin)
    expect((await visitor.signIn({ name, password: 'right' })).status).toBe(200)
    return visitor
  }
  const toToken = (visitor: Visitor) => visitor.cookies.get(cookieName) ?? ''
  const toStatus = async (token: string) => (await fetch(`${server.origin}/api/me`, { headers: { cookie: `${cookieName}=${token}` } })).status
  const countQueries = async () => await new Visitor(server.origin).json<number>('/api/queries')

  it('ADP-12 are created as a row for credentials, and read with one statement per request', async () => {
    const visitor = await signedIn()
    expect(toToken(visitor)).toMatch(/^[\w-]{43}$/)
    for (const path of ['/api/me', '/', '/api/auth/session']) {
      const before = await countQueries()
      expect(await (await visitor.fetch(path)).text(), path).toContain('Ada')
      expect(await countQueries() - before, path).toBe(1)
    }
  })

  it('LEAK-02 never give the browser more than name, email, image, expires and declared fields', async () => {
    const visitor = await signedIn()
    const session = await visitor.json<{ user: object }>('/api/auth/session')
    expect(Object.keys(session).sort()).toEqual(['expires', 'role', 'user'])
    expect(Object.keys(session.user).sort()).toEqual(['email', 'id', 'image', 'name'])
    for (const path of ['/', '/api/me', '/api/auth/session', '/_payload.json', '/nowhere', '/api/token', '/api/auth/signout', '/api/auth/providers']) {
      const bytes = await toBytes(await visitor.fetch(path))
      for (const secret of [canary, toToken(visitor), createHash('sha256').update(toToken(visitor)).digest('hex')]) expect(findForms(bytes, secret), path).toEqual([])
    }
  })

  it('REF-10 never contain a token that could be used to sign in', async () => {
    const visitor = await signedIn()
    const key = createHash('sha256').update(toToken(visitor)).digest('hex')
    const ask = async (value: string) => await visitor.json<unknown[]>(`/api/sessions?key=${value}`)
    expect([(await ask(key)).length, await ask(toToken(visitor)), await toStatus(key)]).toEqual([1, [], 401])
  })

  it('SES-03 are never reused: every sign-in starts a new one', async () => {
    const visitor = await signedIn()
    const before = toToken(visitor)
    await visitor.signIn({ name: 'Ada', password: 'right' })
    expect(toToken(visitor)).not.toBe(before)
    expect([await toStatus(before), await toStatus(toToken(visitor))]).toEqual([401, 200])
  })

  it('SES-09 never outlive a sign-out: a copied cookie is refused on an API, a page and /session', async () => {
    const visitor = await signedIn()
    const cookie = `${cookieName}=${toToken(visitor)}`
    expect((await visitor.post('/api/auth/signout', {})).status).toBe(200)
    for (const [path, ending] of [['/api/me', '"Unauthorized"'], ['/', 'unauthenticated'], ['/api/auth/session', 'null']] as const) {
      const answer = await fetch(server.origin + path, { headers: { cookie } })
      expect(await answer.text(), path).toContain(ending)
      expect(answer.headers.getSetCookie(), path).toEqual([expect.stringContaining(`${cookieName}=; Max-Age=0`)])
    }
  })

  it('SES-10 are never restored by a read in progress during the sign-out', async () => {
    for (const parallel of [2, 10, 50]) {
      const visitor = await signedIn()
      const token = toToken(visitor)
      const reads = Array.from({ length: parallel }, () => visitor.fetch('/api/auth/session'))
      await visitor.post('/api/auth/signout', {})
      await Promise.all(reads)
      for (const left of [token, toToken(visitor)]) expect(await toStatus(left)).toBe(401)
    }
  })

  it('ADP-09 never outlive their user', async () => {
    const visitors = await Promise.all([1, 2, 3].map(() => signedIn('user-9')))
    await visitors[0]?.fetch('/api/me', { method: 'DELETE' })
    for (const visitor of visitors) expect(await toStatus(toToken(visitor))).toBe(401)
    expect((await new Visitor(server.origin).signIn({ name: 'user-9', password: 'right' })).status).toBe(503)
  })

  it('ADP-07 never start twice from one link, even if it is opened many times at once', async () => {
    const asking = new Visitor(server.origin)
    await asking.post('/api/auth/signin/email', { email: 'user-8@app.example' })
    const { url } = await asking.json<{ url: string }>('/api/link')
    const visitors = Array.from({ length: 10 }, () => new Visitor(server.origin))
    await Promise.all(visitors.map(visitor => visitor.fetch(url.slice(server.origin.length))))
    const winners = visitors.filter(visitor => visitor.cookies.has(cookieName))
    expect(winners).toHaveLength(1)
    expect(await winners[0]?.json('/api/me')).toMatchObject({ user: { email: 'user-8@app.example' } })
  })

  it('CON-01, CON-02 never mix up users in 200 parallel requests of 20 users', async () => {
    const visitors = await Promise.all(Array.from({ length: 20 }, (_, index) => signedIn(`user-${index + 20}`)))
    await Promise.all(Array.from({ length: 200 }, async (_, round) => {
      const index = round % 20
      const answer = await (await visitors[index]!.fetch(round % 2 ? '/api/me' : '/')).text()
      expect([...new Set(answer.match(/user-\d+/g))]).toEqual([`user-${index + 20}`])
    }))
  })

  it('UPD-01 never store client input that extend.update doesn\'t accept', async () => {
    const visitor = await signedIn('user-7')
    expect(await (await visitor.post('/api/auth/session', { data: { role: 'admin', email: 'x@y.z' } })).json()).toMatchObject({ role: 'member', user: { email: 'user-7@app.example' } })
    expect(await (await visitor.post('/api/auth/session', { data: 'Seven' })).json()).toMatchObject({ role: 'member', user: { name: 'Seven' } })
    expect(await visitor.json('/api/me')).toMatchObject({ user: { name: 'Seven' } })
  })

  it('have no token to return', async () => {
    const visitor = await signedIn()
    expect((await visitor.fetch('/api/token')).status).toBe(500)
  })
})
