import { spawn } from 'node:child_process'
import { decode } from '@auth/core/jwt'
import { url } from '@nuxt/test-utils/e2e'
import { getRandomPort } from 'get-port-please'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { getServerEntry, secret, setupApp, Visitor } from './app'
import { cookieName, listSessionCookies, mint, race, toSeconds, toVisitor } from './sessions'
import { openSocket } from './socket'
import type { OpenSocket } from './socket'

await setupApp('revocation')

const rounds = Number(process.env.ROUNDS ?? 100)
const json = { 'content-type': 'application/json' }
const setStore = (store: object) => new Visitor().fetch('/api/test/store', { method: 'POST', body: JSON.stringify(store), headers: json })
const getStore = () => new Visitor().json<{ reads: number, writes: number }>('/api/test/store')
const setRole = (id: string, role?: string) => new Visitor().fetch('/api/test/role', { method: 'POST', body: JSON.stringify({ id, role }), headers: json })
const getStatus = async (visitor: Visitor) => (await visitor.fetch('/api/me')).status
const replay = async (cookie: string, path = '/api/me') => await new Visitor().fetch(path, { headers: { cookie: `${cookieName}=${cookie}` } })
const read = async (visitor: Visitor) => await decode({ token: visitor.cookies.get(cookieName), secret, salt: cookieName })

afterEach(async () => {
  await setStore({ isDown: false })
  await setRole('3', 'admin')
})

async function signedIn(id = '1', userAgent = 'test'): Promise<Visitor> {
  const visitor = new Visitor()
  const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
  const response = await visitor.fetch('/api/auth/callback/credentials', { method: 'POST', body: JSON.stringify({ csrfToken, id }), headers: { ...json, 'x-auth-return-redirect': '1', 'user-agent': userAgent } })
  expect(response.status).toBe(200)
  expect((await visitor.fetch('/api/me', { headers: { 'user-agent': userAgent } })).status).toBe(200)
  return visitor
}

async function open(visitor: Visitor): Promise<OpenSocket> {
  const socket = await openSocket('/socket', { cookie: visitor.cookieHeader() })
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
  return socket
}

describe('the cost of revocation', () => {
  it('is one store read per request that reads a session, page or API, and none for anonymous users', async () => {
    const visitor = await signedIn()
    const paths = ['/api/me', '/api/auth/session', '/', '/member', '/api/me']
    await setStore({ reads: 0, writes: 0 })
    for (const path of paths) expect((await visitor.fetch(path)).status).toBe(200)
    expect(await getStore()).toMatchObject({ reads: paths.length, writes: 0 })
    for (const path of paths) await new Visitor().fetch(path)
    expect(await getStore()).toMatchObject({ reads: paths.length, writes: 0 })
  })
})

describe('signing out', () => {
  it('SES-09 never leaves a copied cookie valid on any route', async () => {
    const visitor = await signedIn()
    const copy = visitor.cookies.get(cookieName) ?? ''
    expect((await visitor.post('/api/auth/signout', {})).status).toBe(200)
    expect(visitor.cookies.has(cookieName)).toBe(false)
    expect(await (await replay(copy, '/api/auth/session')).json()).toBeNull()
    expect((await replay(copy)).status).toBe(401)
    expect((await replay(copy, '/member')).status).toBe(302)
    expect(await (await replay(copy, '/')).text()).toContain('Signed out')
    expect(await openSocket('/socket', { cookie: `${cookieName}=${copy}` })).toBe(401)
  })

  it('SES-09 never leaves a copied cookie valid, from a handler of the app either', async () => {
    const visitor = await signedIn()
    const copy = visitor.cookies.get(cookieName) ?? ''
    expect(await visitor.json('/api/sign-out', { method: 'POST' })).toEqual({ session: null })
    expect(visitor.cookies.has(cookieName)).toBe(false)
    expect((await replay(copy)).status).toBe(401)
  })

  it('SES-10 never leaves a valid session, with other requests in progress', async () => {
    const { renewed, alive } = await race([url('/').replace(/\/$/, '')], rounds)
    expect(alive).toBe(0)
    expect(renewed).toBeGreaterThan(rounds)
  }, 60_000 + rounds * 50)

  it('SES-10 never leaves a valid session, with 50 requests in progress', async () => {
    expect(await race([url('/').replace(/\/$/, '')], 3, 50)).toMatchObject({ alive: 0 })
  })

  it('SES-11 never reports success while the store is down: it deletes the cookie and answers 503', async () => {
    for (const headers of [{ 'x-auth-return-redirect': '1' }, {}] as Record<string, string>[]) {
      const visitor = await signedIn()
      const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
      await setStore({ isDown: true })
      const response = await visitor.fetch('/api/auth/signout', { method: 'POST', body: JSON.stringify({ csrfToken }), headers: { ...json, ...headers } })
      expect([response.status, response.headers.get('retry-after'), response.headers.get('location')]).toEqual([503, '5', null])
      expect(visitor.cookies.has(cookieName)).toBe(false)
      expect(await response.text()).toMatch(/"ok":false,"status":503,"url":null,"error":"SignOut","code":"AUTH_R020"|^You are signed out in this browser/)
      await setStore({ isDown: false })
    }
    const visitor = await signedIn()
    await setStore({ isDown: true })
    expect((await visitor.fetch('/api/sign-out', { method: 'POST' })).status).toBe(503)
    expect(visitor.cookies.has(cookieName)).toBe(false)
  })

  it('ADP-01 never happens because of an outage, which answers 503 on every guarded route and keeps the cookie', async () => {
    const visitor = await signedIn()
    await setStore({ isDown: true })
    for (const path of ['/api/me', '/api/auth/session', '/member']) {
      const response = await visitor.fetch(path, { headers: { accept: 'application/json' } })
      expect([path, response.status, response.headers.get('retry-after'), listSessionCookies(response)]).toEqual([path, 503, '5', []])
    }
    expect((await new Visitor().fetch('/')).status).toBe(200)
    const next = new Visitor()
    expect((await next.signIn({ id: '1' })).status).toBe(503)
    expect(next.cookies.has(cookieName)).toBe(false)
    await setStore({ isDown: false })
    expect(await getStatus(visitor)).toBe(200)
  })

  it('SES-01 never leaves the replaced session valid after another sign-in', async () => {
    const visitor = await signedIn('2')
    const former = visitor.cookies.get(cookieName) ?? ''
    expect((await visitor.signIn({ id: '1' })).status).toBe(200)
    expect((await replay(former)).status).toBe(401)
    expect(await visitor.json('/api/me')).toMatchObject({ user: { name: 'User 1' }, role: 'admin' })
  })
})

describe('a user\'s sessions', () => {
  interface Listed { sid: string, userAgent: string, isCurrent: boolean, createdAt: string, lastSeenAt: string }
  const list = async (visitor: Visitor) => await visitor.json<Listed[]>('/api/sessions')
  const leaveOne = async () => {
    const visitor = await signedIn()
    await visitor.fetch('/api/sessions?others=1', { method: 'DELETE' })
    return visitor
  }

  it('are listed, and can be ended one by one', async () => {
    await leaveOne()
    const [phone, laptop] = [await signedIn('1', 'Phone'), await signedIn('1', 'Laptop')]
    const listed = await list(laptop)
    expect(listed.slice(0, 2)).toMatchObject([{ userAgent: 'Laptop', isCurrent: true }, { userAgent: 'Phone', isCurrent: false }])
    expect(Math.abs(Date.parse(listed[1]?.lastSeenAt ?? '') - Date.now())).toBeLessThan(60_000)
    expect((await laptop.fetch(`/api/sessions/${listed[1]?.sid}`, { method: 'DELETE' })).status).toBe(200)
    expect([await getStatus(phone), await getStatus(laptop)]).toEqual([401, 200])
    expect((await list(laptop)).map(({ userAgent }) => userAgent)).not.toContain('Phone')
  })

  it('SES-13 can all be ended at once, with or without the current one', async () => {
    const [phone, laptop, other] = [await signedIn(), await signedIn(), await signedIn('2')]
    expect((await laptop.fetch('/api/sessions?others=1', { method: 'DELETE' })).status).toBe(200)
    expect([await getStatus(phone), await getStatus(laptop), await getStatus(other)]).toEqual([401, 200, 200])
    expect(await list(laptop)).toMatchObject([{ isCurrent: true }])
    expect((await laptop.fetch('/api/sessions', { method: 'DELETE' })).status).toBe(200)
    expect([await getStatus(laptop), await getStatus(other), await getStatus(await signedIn())]).toEqual([401, 200, 200])
  })
})

describe('an open connection', () => {
  it('SES-14 never outlives its session: a WebSocket', async () => {
    const visitor = await signedIn()
    const socket = await open(visitor)
    socket.send('x')
    expect(await socket.next()).toBe('still User 1')
    await visitor.post('/api/auth/signout', {})
    socket.send('x')
    await socket.closed
    await expect(socket.next()).rejects.toThrow('closed')
  })

  it('SES-14 never outlives its session: an event stream', async () => {
    const visitor = await signedIn()
    const response = await visitor.fetch('/api/events')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toContain('still User 1')
    await visitor.post('/api/auth/signout', {})
    while (!(await reader.read()).done) await Promise.resolve()
  })
})

describe('the lifetime of a session', () => {
  it('SES-06 ends after its idle time', async () => {
    expect(await getStatus(await toVisitor({}, 3599 - 5))).toBe(200)
    expect(await getStatus(await toVisitor({}, 3601))).toBe(401)
    // Issued when the idle time was longer.
    expect((await replay(await mint({ auth_time: toSeconds(3601) }, 3601, 7200))).status).toBe(401)
  })

  it('SES-07 ends at its absolute limit, even in constant use, and never claims a later expiry', async () => {
    const end = (toSeconds() + 100) * 1000
    const visitor = await toVisitor({ auth_time: end / 1000 - 7200 }, 700)
    const response = await visitor.fetch('/api/auth/session')
    const { expires } = await response.json() as { expires: string }
    expect(Date.parse(expires)).toBe(end)
    const [, cookieEnd = ''] = /expires=([^;]+)/i.exec(response.headers.getSetCookie().find(line => line.startsWith(cookieName)) ?? '') ?? []
    expect(Date.parse(cookieEnd)).toBeLessThanOrEqual(end)
    expect(Number((await read(visitor))?.exp)).toBeLessThanOrEqual(end / 1000 + 1)
    // Token times are in whole seconds.
    const again = Date.parse((await visitor.json<{ expires: string }>('/api/me')).expires)
    expect([again <= end, again >= end - 1000]).toEqual([true, true])
    expect(await getStatus(await toVisitor({ auth_time: toSeconds(7201) }))).toBe(401)
  })

  it('keeps sid and the sign-in time through every renewal', async () => {
    const visitor = await toVisitor({ auth_time: toSeconds(1500) }, 1000)
    const before = await read(visitor)
    expect(await getStatus(visitor)).toBe(200)
    const after = await read(visitor)
    expect(after).toMatchObject({ sid: before?.sid, auth_time: before?.auth_time })
    expect(after?.jti).not.toBe(before?.jti)
  })
})

describe('revalidation', () => {
  it('UPD-08 writes a changed role to the session and its cookie, once revalidation is due', async () => {
    const [fresh, due] = [await toVisitor({}, 290), await toVisitor({}, 301)]
    await setRole('3', 'member')
    expect(await fresh.json('/api/me')).toMatchObject({ role: 'admin' })
    expect(await due.json('/api/me')).toMatchObject({ role: 'member' })
    expect(await read(due)).toMatchObject({ role: 'member', sub: '3' })
    await setRole('3', 'admin')
    expect(await due.json('/api/me')).toMatchObject({ role: 'member' })
  })

  it('ends the session of a deleted user', async () => {
    await setRole('3')
    const visitor = await toVisitor({}, 301)
    expect(await getStatus(visitor)).toBe(401)
    expect(visitor.cookies.has(cookieName)).toBe(false)
  })

  it('never treats an outage as a sign-out', async () => {
    await setRole('3', 'outage')
    const visitor = await toVisitor({}, 301)
    const response = await visitor.fetch('/api/me')
    expect([response.status, response.headers.get('retry-after'), listSessionCookies(response)]).toEqual([503, '5', []])
    await setRole('3', 'member')
    expect(await visitor.json('/api/me')).toMatchObject({ role: 'member' })
  })
})

describe('a server with process memory only', () => {
  it('warns once that revocations in its memory are not shared or kept', async () => {
    const port = await getRandomPort('127.0.0.1')
    const origin = `http://127.0.0.1:${port}`
    const server = spawn(process.execPath, [getServerEntry()], { env: { PATH: process.env.PATH, PORT: String(port), HOST: '127.0.0.1', AUTH_URL: origin, AUTH_SECRET: secret, IN_MEMORY: '1' } })
    let log = ''
    server.stderr.on('data', chunk => log += String(chunk))
    const cookie = `${cookieName}=${await mint()}`
    await vi.waitFor(async () => expect((await fetch(`${origin}/api/me`, { headers: { cookie } })).status).toBe(200), { timeout: 10_000 })
    for (let index = 0; index < 5; index++) await fetch(`${origin}/api/me`, { headers: { cookie } })
    server.kill()
    expect(log.trim().split('\n')).toEqual([expect.stringMatching(/AUTH_S020.*nitro\.storage\.auth/)])
  })
})
