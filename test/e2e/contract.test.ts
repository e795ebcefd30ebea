import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { decode, encode } from '@auth/core/jwt'
import { url, useTestContext } from '@nuxt/test-utils/e2e'
import { getRandomPort } from 'get-port-please'
import { describe, expect, it, vi } from 'vitest'
import { getServerEntry, secret, setupApp, Visitor } from './app'
import { findForms, toBytes } from './canary'

const canary = 'CANARY-access-token-5f1c'
const cookieName = 'authjs.session-token'
const admin = { name: 'ada', password: 'right' }

// One secret is in the environment of the build, another one in that of the server.
const builtWith = { AUTH_SECRET: 'build-canary-secret-0123456789abcdef', AUTH_GITHUB_SECRET: 'build-canary-client-secret' }
Object.assign(process.env, builtWith)

await setupApp('basic')

async function signedIn(name = 'ada'): Promise<Visitor> {
  const visitor = new Visitor()
  expect((await visitor.signIn({ name, password: 'right' })).status).toBe(200)
  return visitor
}

/** The keys of every object in a value. */
function toKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(toKeys)]
}

async function seal(token: object, salt = cookieName, key = secret): Promise<string> {
  return await encode({ token, secret: key, salt })
}

describe('nothing server-only reaches a browser', () => {
  const paths = ['/api/auth/session', '/', '/member', '/admin', '/_payload.json', '/nowhere', '/api/nowhere', '/api/auth/signin', '/api/auth/signout', '/api/auth/error', '/api/auth/providers', '/api/auth/csrf', '/api/me', '/api/token', '/swr']

  it('LEAK-01 never sends the access token, in any encoding', async () => {
    const visitor = await signedIn()
    for (const path of paths) {
      for (const accept of ['text/html', 'application/json'])
        expect(findForms(await toBytes(await visitor.fetch(path, { headers: { accept } })), canary), path).toEqual([])
    }
    expect(await visitor.json('/api/token')).toMatchObject({ length: canary.length })
  })

  it('LEAK-03 never writes the session cookie into a page', async () => {
    const visitor = await signedIn()
    const value = visitor.cookies.get(cookieName) ?? ''
    expect(value.length).toBeGreaterThan(100)
    for (const path of paths) expect(await (await visitor.fetch(path)).text(), path).not.toContain(value.slice(0, 40))
  })

  it('LEAK-04, SEC-04 never builds a secret into served files or into the server', () => {
    const output = String(useTestContext().nuxt?.options.nitro.output?.dir)
    const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) {
      const text = readFileSync(file, 'latin1')
      expect(Object.values(builtWith).filter(value => text.includes(value)), file).toEqual([])
      if (file.includes('/public/')) expect([canary, 'accessToken', 'access_token', 'isFragile'].filter(word => text.includes(word)), file).toEqual([])
    }
  })

  it('LEAK-05 never puts options into public runtime config: those that the browser needs are in its scripts', async () => {
    const html = await (await new Visitor().fetch('/')).text()
    const [, config = ''] = /window\.__NUXT__\.config=(\{.*?\})<\/script>/.exec(html) ?? []
    expect(config).toContain('public:{}')
    expect(config).not.toMatch(/secret|trustHost|auth/i)
  })

  it('LEAK-06, LEAK-10 never puts undeclared session fields into the payload', async () => {
    const html = await (await (await signedIn()).fetch('/')).text()
    const [, payload = ''] = /id="__NUXT_DATA__">(.*?)<\/script>/.exec(html) ?? []
    // Strings that contain JSON are parsed as well, because the session is one.
    const words = toKeys((JSON.parse(payload) as unknown[]).map(entry => typeof entry === 'string' && entry.startsWith('{') ? JSON.parse(entry) as unknown : entry))
    expect(new Set(words)).toEqual(new Set(['data', 'state', 'once', '_errors', 'serverRendered', 'path', 'auth', 'session', 'asked', 'user', 'expires', 'uid', 'role', 'nickname', 'name', 'email', 'id']))
  })

  it.each(['outage', 'fragile'])('LEAK-07 never shows the reason of an internal error, when %s throws', async (name) => {
    const visitor = new Visitor()
    const answers = [await visitor.signIn({ name, password: 'right' })]
    for (const path of ['/', '/member', '/api/me', '/api/auth/session']) {
      for (const accept of ['text/html', 'application/json']) answers.push(await visitor.fetch(path, { headers: { accept } }))
    }
    for (const answer of answers) expect(await toBytes(answer)).not.toMatch(/CANARY|pg:|at .*\.mjs|stack/)
  })
})

describe('update', () => {
  const identity = { sub: '1', uid: '1', role: 'admin' }

  async function update(visitor: Visitor, data: unknown) {
    const response = await visitor.post('/api/auth/session', { data })
    expect(response.status).toBe(200)
    return await decode({ token: visitor.cookies.get(cookieName), secret, salt: cookieName })
  }

  it('applies fields that the definition accepts, and writes them to the cookie', async () => {
    const visitor = await signedIn()
    expect(await update(visitor, { nickname: 'Countess' })).toMatchObject({ ...identity, nickname: 'Countess' })
    expect(await visitor.json('/api/auth/session')).toMatchObject({ nickname: 'Countess', role: 'admin' })
  })

  it('UPD-01 never grants a role', async () => {
    const visitor = await signedIn('grace')
    expect(await update(visitor, { role: 'admin', nickname: 'x' })).toMatchObject({ role: 'member' })
    expect(await visitor.json('/api/auth/session')).toMatchObject({ role: 'member' })
    expect((await visitor.fetch('/api/admin')).status).toBe(403)
  })

  it('UPD-02, UPD-03, UPD-04 never changes identity, lifetime or provider tokens', async () => {
    const visitor = await signedIn()
    const before = await decode({ token: visitor.cookies.get(cookieName), secret, salt: cookieName })
    const after = await update(visitor, {
      sub: 'victim', email: 'victim@app.example', name: 'Victim', id: '2', user: { id: '2', role: 'admin' },
      exp: 4102444800, iat: 0, jti: 'x', sid: 'x', auth_time: 0, epoch: 'x', revalidated_at: 0, expires: '2999-01-01', access_token: 'x', accessToken: 'x', refresh_token: 'x', error: 'x',
    })
    const { iat: _, exp, jti, nickname, ...claims } = after ?? {}
    expect(claims).toEqual({ sid: before?.sid, auth_time: before?.auth_time, name: 'Ada', email: 'ada@app.example', sub: '1', uid: '1', role: 'admin', accessToken: canary, isFragile: false })
    expect(jti).not.toBe('x')
    expect(Number(exp) - Number(before?.exp)).toBeLessThan(60)
    expect(nickname).toBe('undefined')
  })

  it('UPD-09 never accepts a missing, wrong or foreign CSRF token (403) or another media type (415)', async () => {
    const visitor = await signedIn()
    for (const csrfToken of [undefined, '', 'wrong', ['x'], {}, 1, 'a'.repeat(64)])
      expect((await visitor.post('/api/auth/session', { csrfToken, data: { nickname: 'x' } })).status).toBe(403)
    expect((await visitor.post('/api/auth/session', {}, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await visitor.post('/api/auth/session', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await visitor.post('/api/auth/session', {}, { 'content-type': 'text/plain; application/json' })).status).toBe(415)
    expect(await visitor.json('/api/auth/session')).toMatchObject({ nickname: '' })
  })
})

describe('claims and prototypes', () => {
  it('POL-01 never turns a __proto__ property into a role, and never changes Object.prototype', async () => {
    const visitor = await signedIn('polluted')
    expect(await visitor.json('/api/auth/session')).toMatchObject({ role: 'member', uid: '4' })
    expect((await visitor.fetch('/api/admin')).status).toBe(403)
    expect(await (await signedIn('grace')).json('/api/auth/session')).toMatchObject({ role: 'member' })
  })

  it('never lets extend.token set a reserved claim', async () => {
    const visitor = await signedIn()
    expect(await visitor.json('/api/token')).toMatchObject({ sub: '1', keys: ['accessToken', 'auth_time', 'email', 'exp', 'iat', 'isFragile', 'jti', 'name', 'nickname', 'role', 'sid', 'sub', 'uid'] })
  })
})

describe('the token', () => {
  const claims = { name: 'Forged', sub: '1', uid: '1', role: 'admin', accessToken: 'x' }

  async function isAccepted(cookie: string): Promise<boolean> {
    const headers = { cookie }
    const [session, api, page] = await Promise.all([fetch(url('/api/auth/session'), { headers }), fetch(url('/api/admin'), { headers }), fetch(url('/admin'), { headers, redirect: 'manual' })])
    const bodies = await Promise.all([session.text(), api.text(), page.text()])
    return bodies[0] !== 'null' || api.status === 200 || page.status === 200 || bodies.some(body => body.includes('ADMIN-MARKER'))
  }

  it('decodes a cookie from @auth/core/jwt, and creates one that it decodes', async () => {
    expect(await isAccepted(`${cookieName}=${await seal(claims)}`)).toBe(true)
    const visitor = await signedIn()
    expect(await decode({ token: visitor.cookies.get(cookieName), secret, salt: cookieName })).toMatchObject({ name: 'Ada', accessToken: canary })
  })

  it('JWE-02 never accepts a token from another secret, another cookie name or another app', async () => {
    expect(await isAccepted(`${cookieName}=${await seal(claims, cookieName, `${secret}x`)}`)).toBe(false)
    for (const salt of [`__Secure-${cookieName}`, `__Host-${cookieName}`, 'next-auth.session-token', ''])
      expect(await isAccepted(`${cookieName}=${await seal(claims, salt)}`)).toBe(false)
  })

  it('JWE-14 never accepts another cookie of the module as a session', async () => {
    for (const name of ['authjs.state', 'authjs.pkce.code_verifier', 'authjs.nonce', 'authjs.csrf-token', 'authjs.callback-url', 'authjs.challenge'])
      expect(await isAccepted(`${cookieName}=${await seal(claims, name)}`), name).toBe(false)
    const visitor = await signedIn()
    expect(await isAccepted(`${cookieName}=${visitor.cookies.get('authjs.csrf-token')}`)).toBe(false)
    expect(await isAccepted(`${cookieName}-2=${await seal(claims)}; ${cookieName}.x=${await seal(claims)}`)).toBe(false)
  })

  it('clears a cookie that is not accepted', async () => {
    const response = await fetch(url('/api/auth/session'), { headers: { cookie: `${cookieName}=forged` } })
    expect(response.headers.getSetCookie()).toEqual([`${cookieName}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`])
  })

  it('splits a large token, reads it back and deletes stale parts', async () => {
    const large = await seal({ ...claims, notes: 'x'.repeat(5000) })
    const chunks = [large.slice(0, 3936), large.slice(3936)].map((value, index) => `${cookieName}.${index}=${value}`)
    expect(await isAccepted(chunks.join('; '))).toBe(true)
    const response = await fetch(url('/api/auth/session'), { headers: { cookie: `${chunks[1]}` } })
    expect(await response.text()).toBe('null')
  })
})

describe('guards fail closed', () => {
  it('GRD-01 never pass cookies and queries that make Auth.js fail', async () => {
    for (const cookie of ['authjs.callback-url=javascript:x', 'authjs.callback-url=%E0', `${cookieName}=%E0%A4%A`, `${cookieName}=null`]) {
      for (const query of ['', '?callbackUrl=javascript:x', '?error=Configuration']) {
        expect((await fetch(url(`/api/admin${query}`), { headers: { cookie } })).status).toBe(401)
        expect((await fetch(url(`/member${query}`), { headers: { cookie }, redirect: 'manual' })).status).toBe(302)
        expect(await (await fetch(url(`/api/auth/session${query}`), { headers: { cookie } })).text()).toBe('null')
      }
    }
  })

  it('answer 401 as JSON without a session, 403 without the role, and 200 otherwise', async () => {
    const stranger = await new Visitor().fetch('/api/admin')
    expect([stranger.status, stranger.headers.get('location'), stranger.headers.get('content-type')]).toEqual([401, null, 'application/json'])
    expect((await (await signedIn('grace')).fetch('/api/admin')).status).toBe(403)
    expect(await (await signedIn()).json('/api/admin')).toEqual({ marker: 'ADMIN-MARKER', uid: '1' })
  })

  it('redirect anonymous users from a page to sign-in with a return URL, and never show them the page', async () => {
    const response = await new Visitor().fetch('/member?tab=1&x=%2F')
    expect([response.status, response.headers.get('location')]).toEqual([302, '/api/auth/signin?callbackUrl=%2Fmember%3Ftab%3D1%26x%3D%2F'])
    expect(await response.text()).not.toContain('MEMBER-MARKER')
  })

  it('show a page to users who match its rule', async () => {
    const grace = await signedIn('grace')
    expect(await (await grace.fetch('/member')).text()).toContain('MEMBER-MARKER')
    const refused = await grace.fetch('/admin')
    expect(refused.status).toBe(403)
    expect(await refused.text()).not.toContain('ADMIN-MARKER')
    expect(await (await (await signedIn()).fetch('/admin')).text()).toContain('ADMIN-MARKER')
    expect((await grace.fetch('/guest')).headers.get('location')).toBe('/member')
    expect((await new Visitor().fetch('/guest')).status).toBe(200)
  })
})

describe('caches and cookies', () => {
  it('CCH-02 never lets a shared cache store a page that depends on the user', async () => {
    const visitor = await signedIn()
    for (const path of ['/', '/member', '/plain', '/api/me']) {
      const { headers } = await visitor.fetch(path)
      expect([headers.get('cache-control'), headers.get('vary')], path).toEqual(['private, no-store', 'Cookie'])
    }
  })

  it('CCH-02 never lets the app mark a page that depends on the user as public', async () => {
    const { headers } = await (await signedIn()).fetch('/careless')
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['private, no-store', 'Accept-Encoding, Cookie'])
    expect((await new Visitor().fetch('/careless')).headers.get('cache-control')).toBe('public, max-age=600')
  })

  it('never puts a session or a cookie into a cached page', async () => {
    const visitor = await signedIn()
    const first = await visitor.fetch('/swr', { headers: { cookie: `${visitor.cookieHeader()}; ${cookieName}.9=stale` } })
    expect(first.headers.getSetCookie()).toEqual([])
    expect(await first.text()).toContain('loading')
    expect(await (await new Visitor().fetch('/swr')).text()).not.toContain('Ada')
    expect(await visitor.json('/api/cached')).toEqual({ session: null })
  })

  it('COK-04 never ends a session because of a malformed callback-url cookie', async () => {
    const visitor = await signedIn()
    for (const junk of ['javascript:x', 'foo', '%E0', '', 'https://evil.example']) {
      for (const path of ['/api/auth/session', '/api/auth/providers', '/api/auth/csrf', '/api/auth/signin']) {
        const response = await visitor.fetch(path, { headers: { cookie: `authjs.callback-url=${junk}; ${cookieName}=${visitor.cookies.get(cookieName)}` } })
        expect([path, response.status]).toEqual([path, 200])
        if (path.endsWith('session')) expect(await response.json()).toMatchObject({ uid: '1' })
      }
    }
  })

  it('COK-08 never sets a cookie twice, or any for a user without cookies', async () => {
    expect((await new Visitor().fetch('/')).headers.getSetCookie()).toEqual([])
    const due = await encode({ token: { sub: '1', uid: '1', role: 'admin' }, secret, salt: cookieName })
    const response = await fetch(url('/'), { headers: { cookie: `${cookieName}=${due}` } })
    const names = response.headers.getSetCookie().map(cookie => cookie.split('=')[0])
    expect(names).toEqual([...new Set(names)])
  })
})

describe('the result of a sign-in', () => {
  it.each([
    [{ name: 'ada', password: 'wrong' }, { ok: false, status: 401, error: 'CredentialsSignin', code: 'credentials' }],
    [{ name: 'locked', password: 'right' }, { ok: false, status: 403, error: 'CredentialsSignin', code: 'Account locked' }],
    [{ name: 'outage', password: 'right' }, { ok: false, status: 503, error: 'Configuration', code: null }],
    [{ name: ['ada'], password: { a: 1 } }, { ok: false, status: 400, error: 'CredentialsSignin', code: 'malformed' }],
    [admin, { ok: true, status: 200, error: null, code: null }],
  ])('%j', async (fields, expected) => {
    const visitor = new Visitor()
    const response = await visitor.signIn(fields)
    expect(await response.json()).toMatchObject(expected)
    expect(response.status).toBe(expected.status)
    expect(visitor.cookies.has(cookieName)).toBe(expected.ok)
  })

  it('is 503 with Retry-After if a callback has an outage, and the cookie stays', async () => {
    const visitor = new Visitor()
    // The response contains the session, so a sign-in fails if its session can't be returned.
    expect(await (await visitor.signIn({ name: 'fragile', password: 'right' })).json()).toMatchObject({ statusCode: 503 })
    expect(visitor.cookies.has(cookieName)).toBe(false)
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/api/auth/csrf')
    await visitor.fetch('/api/auth/callback/credentials', { method: 'POST', body: new URLSearchParams({ csrfToken, name: 'fragile', password: 'right' }) })
    const response = await visitor.fetch('/api/auth/session')
    expect([response.status, response.headers.get('retry-after'), response.headers.getSetCookie()]).toEqual([503, '5', []])
    expect((await visitor.fetch('/api/me')).status).toBe(503)
    expect((await visitor.fetch('/member')).status).toBe(503)
    expect((await visitor.fetch('/')).status).toBe(200)
    expect(visitor.cookies.has(cookieName)).toBe(true)
  })
})

describe('bad input', () => {
  it('INP-01 refuses a body that is not a JSON object with 400', async () => {
    const visitor = await signedIn()
    for (const body of ['{bad', 'null', '[]', '1', 'NaN', '"x"', '{"a":', `${'['.repeat(20_000)}`]) {
      for (const path of ['/api/auth/session', '/api/auth/callback/credentials', '/api/auth/signin/credentials', '/api/auth/signout'])
        expect((await visitor.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status, `${path} ${body.slice(0, 9)}`).toBe(400)
    }
    expect(await visitor.json('/api/auth/session')).toMatchObject({ uid: '1' })
  })

  it('refuses other methods with 405, a large body with 413, and unknown paths below the base path with 404', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await new Visitor().fetch('/api/auth/session', { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    }
    expect((await new Visitor().post('/api/auth/callback/credentials', { name: 'x'.repeat(70_000) })).status).toBe(413)
    for (const path of ['/api/auth', '/api/auth/', '/api/auth/x', '/api/auth//session', '/api/auth/session/', '/api/auth/session/x', '/api/authsession', '/api/auth/signin/', '/api/auth/constructor'])
      expect((await new Visitor().fetch(path)).status, path).toBe(404)
    expect(await (await new Visitor().fetch('/api/auth/session', { method: 'HEAD' })).text()).toBe('')
  })

  it('never redirects to another origin', async () => {
    const visitor = new Visitor()
    for (const callbackUrl of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 'https://user:pw@127.0.0.1/']) {
      const response = await visitor.signIn({ ...admin, callbackUrl })
      expect(new URL((await response.json() as { url: string }).url).href).toBe(url('/'))
    }
    for (const callbackUrl of [1, true, [], {}]) expect((await visitor.signIn({ ...admin, callbackUrl })).status).toBe(400)
  })
})

describe('a body that arrives over a slow network', () => {
  it.each([['with its headers', 0], ['after them', 1], ['in pieces', 3]])('is read completely: %s', async (_, pieces) => {
    const visitor = new Visitor()
    const { csrfToken } = await visitor.json('/api/auth/csrf') as { csrfToken: string }
    const body = Buffer.from(JSON.stringify({ ...admin, csrfToken, note: 'ä'.repeat(3000) }))
    const headers = { 'content-type': 'application/json', 'content-length': body.length, 'origin': new URL(url('/')).origin, 'x-auth-return-redirect': '1', 'cookie': visitor.cookieHeader() }
    const answer = await new Promise<string>((resolve, reject) => {
      const outgoing = request(url('/api/auth/callback/credentials'), { method: 'POST', headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', chunk => text += String(chunk)).on('end', () => resolve(text))
      })
      outgoing.on('error', reject)
      if (pieces === 0) return void outgoing.end(body)
      outgoing.flushHeaders()
      const size = Math.ceil(body.length / pieces)
      for (let piece = 1; piece <= pieces; piece++) setTimeout(() => outgoing.write(body.subarray((piece - 1) * size, piece * size)), piece * 40)
    })
    expect(JSON.parse(answer)).toMatchObject({ ok: true, session: { user: { name: 'Ada' } } })
  })
})

describe('a body that is larger than its limit', () => {
  it('INP-02 is refused with 413, with or without a content length, and never causes a later error', async () => {
    const port = await getRandomPort('127.0.0.1')
    const origin = `http://127.0.0.1:${port}`
    const server = spawn(process.execPath, [getServerEntry()], { env: { PATH: process.env.PATH, PORT: String(port), HOST: '127.0.0.1', AUTH_URL: origin, AUTH_SECRET: secret } })
    let log = ''
    server.stderr.on('data', chunk => log += String(chunk))
    await vi.waitFor(async () => expect((await fetch(`${origin}/api/auth/session`)).status).toBe(200), { timeout: 10_000 })
    for (let round = 0; round < 5; round++) {
      const status = await new Promise((resolve, reject) => {
        // Without a content length, so in chunks.
        const outgoing = request(`${origin}/api/auth/signout`, { method: 'POST', headers: { 'content-type': 'application/json', origin } }, response => resolve(response.resume().statusCode))
        outgoing.on('error', reject)
        for (let sent = 0; sent < 3_000_000; sent += 65_536) outgoing.write(Buffer.alloc(65_536, 'x'))
        outgoing.end()
      })
      expect(status).toBe(413)
    }
    expect((await fetch(`${origin}/api/auth/session`)).status).toBe(200)
    server.kill()
    expect(log).toBe('')
  })
})

describe('a server with missing or invalid settings', () => {
  async function start(env: Record<string, string>): Promise<{ code: unknown, stderr: string }> {
    return await new Promise(resolve => execFile(process.execPath, [getServerEntry()], { env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', ...env }, timeout: 10_000 }, (error, _, stderr) => resolve({ code: error?.code, stderr })))
  }
  const origin = { AUTH_URL: 'https://app.example' }

  it.each([
    ['no secret', origin, 'AUTH_S001'],
    ['a short secret', { ...origin, AUTH_SECRET: 'secret' }, 'AUTH_S002'],
    ['8 characters', { ...origin, AUTH_SECRET: '8charact' }, 'AUTH_S002'],
    ['one character repeated', { ...origin, AUTH_SECRET: 'x'.repeat(64) }, 'AUTH_S002'],
    ['31 bytes', { ...origin, AUTH_SECRET: secret.slice(0, 31) }, 'AUTH_S002'],
    ['a weak older secret', { ...origin, AUTH_SECRET: secret, AUTH_SECRET_1: 'old' }, 'AUTH_S002'],
    ['no origin', { AUTH_SECRET: secret }, 'AUTH_S003'],
    ['AUTH_TRUST_HOST=false', { AUTH_SECRET: secret, AUTH_TRUST_HOST: 'false' }, 'AUTH_S003'],
    ['AUTH_TRUST_HOST=0', { AUTH_SECRET: secret, AUTH_TRUST_HOST: '0' }, 'AUTH_S003'],
    ['an origin that is none', { AUTH_SECRET: secret, AUTH_URL: 'javascript:x' }, 'AUTH_S004'],
  ])('SEC-01, SEC-02 GRD-02 never starts with %s', async (_, env, code) => {
    const result = await start(env)
    expect(result.code).toBe(1)
    expect(result.stderr.trim().split('\n')).toEqual([expect.stringContaining(code)])
  })
})

it('runs unchanged on Bun and Deno: never copies a package with separate files for them next to the bundle', () => {
  const folder = join(getServerEntry(), '../node_modules')
  const manifests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => /package\.json$/.test(file))
  expect(manifests.length).toBeGreaterThan(5)
  const toExports = (file: string) => JSON.stringify((JSON.parse(readFileSync(join(folder, file), 'utf8')) as { exports?: unknown }).exports ?? {})
  expect(manifests.filter(file => /"(?:bun|deno)":/.test(toExports(file)))).toEqual([])
})
