// Visits the fixture over HTTP.
import assert from 'node:assert/strict'
import { sendRawTo } from '../e2e/raw.mjs'
import { toVariants } from '../e2e/variants.mjs'

const canary = 'CANARY-access-token-8d2e'
const forms = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('base64url'), Buffer.from(canary).toString('hex'), canary.replaceAll('-', '\\u002d'), canary.replaceAll('-', '&#45;')]

/** A browser without a page: keeps cookies and follows no redirects. */
class Visitor {
  cookies = new Map()

  constructor(origin) {
    this.origin = origin
  }

  async fetch(path, init = {}) {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0) headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(this.origin + path, { redirect: 'manual', signal: AbortSignal.timeout(15_000), ...init, headers })
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    return response
  }

  async json(path) {
    return (await this.fetch(path)).json()
  }

  /** Posts a form with its CSRF token, as `useAuth()` does. */
  async post(path, fields) {
    const { csrfToken } = await this.json('/api/auth/csrf')
    const headers = { 'content-type': 'application/json', 'x-auth-return-redirect': '1' }
    return await this.fetch(path, { method: 'POST', body: JSON.stringify({ ...fields, csrfToken }), headers })
  }

  async signInByForm(email, password) {
    const { csrfToken } = await this.json('/api/auth/csrf')
    return await this.fetch('/api/auth/callback/credentials', { method: 'POST', body: new URLSearchParams({ email, password, csrfToken }) })
  }

  signIn(email, password) {
    return this.post('/api/auth/callback/credentials', { email, password })
  }

  keep(cookie) {
    const [pair] = cookie.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}

async function toBytes(response) {
  return JSON.stringify([...response.headers]) + await response.text()
}

function refuseCanary(path, bytes) {
  for (const form of forms) assert.ok(!bytes.includes(form), `${form} is in ${path}`)
}

export async function checkApp(origin, check, { hasRouteRules = true } = {}) {
  await checkStranger(new Visitor(origin), check)
  await checkVariants(origin, check, hasRouteRules)
  await checkAdmin(new Visitor(origin), check)
  await checkMember(new Visitor(origin), check)
  await checkOutage(new Visitor(origin), check)
}

async function checkStranger(visitor, check) {
  await check('has no session for an anonymous user', async () => {
    assert.equal(await visitor.json('/api/auth/session'), null)
    assert.deepEqual(await visitor.json('/api/me'), { session: null })
    assert.match(await (await visitor.fetch('/')).text(), /unauthenticated/)
  })
  await check('answers a wrong password with 401', async () => {
    const response = await visitor.signIn('ada@app.example', 'wrong')
    assert.equal(response.status, 401)
    assert.equal((await response.json()).error, 'CredentialsSignin')
    assert.equal(await visitor.json('/api/auth/session'), null)
  })
  await check('answers a guarded API with 401', async () => {
    const response = await visitor.fetch('/api/reports')
    assert.equal(response.status, 401)
    assert.equal(response.headers.get('location'), null)
  })
  await check('redirects an anonymous user from a guarded page to sign-in, with a return URL', async () => {
    const response = await visitor.fetch('/admin?tab=1')
    assert.equal(response.status, 302)
    assert.equal(response.headers.get('location'), `/api/auth/signin?${new URLSearchParams({ callbackUrl: '/admin?tab=1' })}`)
    assert.doesNotMatch(await response.text(), /ADMIN-MARKER/)
  })
  await check('shows the sign-in page', async () => {
    const response = await visitor.fetch('/api/auth/signin')
    assert.equal(response.status, 200)
    assert.match(await response.text(), /GitHub/)
  })
  await check('redirects to GitHub with this app\'s callback URL', async () => {
    const { url } = await (await visitor.post('/api/auth/signin/github', { callbackUrl: '/account' })).json()
    assert.equal(new URL(url).hostname, 'github.com')
    assert.equal(new URL(url).searchParams.get('redirect_uri'), `${visitor.origin}/api/auth/callback/github`)
  })
}

/** GRD-05, GRD-06, GRD-07: no spelling of a guarded path gives an anonymous user access. */
async function checkVariants(origin, check, hasRouteRules) {
  const ruled = hasRouteRules ? [['/ruled/page', 'RULED-MARKER'], ['/api/ruled/x', 'RULED-MARKER']] : []
  for (const [path, marker] of [['/admin', 'ADMIN-MARKER'], ['/account', 'ACCOUNT-MARKER'], ['/api/reports', 'accessTokenLength'], ...ruled]) {
    await check(`never shows an anonymous user the content of ${path}, in any spelling`, async () => {
      const variants = toVariants(path)
      assert.ok(variants.length > 100)
      for (const { variant, status, body } of await Promise.all(variants.map(async variant => ({ variant, ...await sendRawTo(origin, variant) })))) {
        assert.ok(!body.includes(marker), `${variant} → ${status}`)
        assert.ok(status < 500, `${variant} → ${status}`)
      }
    })
  }
}

async function checkAdmin(visitor, check) {
  await check('signs in', async () => {
    const response = await visitor.signIn('ada@app.example', 'lovelace')
    assert.equal(response.status, 200)
    assert.equal((await response.json()).ok, true)
  })
  await check('has exactly user, expires, role and uid in the session', async () => {
    const session = await visitor.json('/api/auth/session')
    assert.deepEqual(Object.keys(session).sort(), ['expires', 'role', 'uid', 'user'])
    assert.equal(session.user.name, 'Ada')
    assert.equal(session.role, 'admin')
    assert.equal(session.uid, '1')
    assert.ok(Date.parse(session.expires) > Date.now())
    assert.deepEqual((await visitor.json('/api/me')).session, session)
  })
  await check('opens a guarded API and page to the right role, with the access token on the server', async () => {
    assert.deepEqual(await visitor.json('/api/reports'), { uid: '1', nickname: '', accessTokenLength: canary.length })
    assert.match(await (await visitor.fetch('/admin')).text(), /ADMIN-MARKER/)
  })
  await check('renders the session, and keeps that page out of caches', async () => {
    const response = await visitor.fetch('/')
    assert.match(await response.text(), /authenticated[\s\S]*Ada admin 1/)
    assert.equal(response.headers.get('cache-control'), 'private, no-store')
  })
  await check('keeps such a page out of caches, even if it sets another cache header', async () => {
    const response = await visitor.fetch('/careless')
    assert.match(await response.text(), /CARELESS-MARKER Ada/)
    assert.equal(response.headers.get('cache-control'), 'private, no-store')
    assert.match(response.headers.get('vary') ?? '', /\bcookie\b/i)
  })
  await check('never puts a session into a shared page', async () => {
    for (const who of [visitor, new Visitor(visitor.origin)]) {
      const response = await who.fetch('/shared')
      assert.match(await response.text(), /SHARED-MARKER loading <\/p>/)
      assert.deepEqual(response.headers.getSetCookie(), [])
    }
  })
  await check('never sends the access token to the browser', async () => {
    for (const path of ['/', '/account', '/admin', '/api/me', '/api/reports', '/api/auth/session', '/api/auth/signin', '/api/auth/providers', '/_payload.json', '/nowhere']) {
      refuseCanary(path, await visitor.fetch(path).then(toBytes))
    }
  })
}

async function checkMember(visitor, check) {
  await check('answers the wrong role with 403', async () => {
    assert.equal((await visitor.signIn('grace@app.example', 'hopper')).status, 200)
    assert.equal((await visitor.fetch('/api/reports')).status, 403)
    const page = await visitor.fetch('/admin')
    assert.equal(page.status, 403)
    assert.doesNotMatch(await page.text(), /ADMIN-MARKER/)
  })
  await check('never grants a role through an update', async () => {
    const response = await visitor.post('/api/auth/session', { data: { role: 'admin', uid: '1', sub: '1', nickname: 'Ace', user: { name: 'Ada' } } })
    assert.equal(response.status, 200)
    const { role, uid, user } = await visitor.json('/api/auth/session')
    assert.deepEqual({ role, uid, name: user.name }, { role: 'member', uid: '2', name: 'Grace' })
    assert.equal((await visitor.fetch('/api/reports')).status, 403)
  })
  await check('never updates without a CSRF token', async () => {
    const init = { method: 'POST', body: '{"data":{"nickname":"Evil"}}', headers: { 'content-type': 'application/json' } }
    assert.equal((await visitor.fetch('/api/auth/session', init)).status, 403)
  })
  await check('signs out', async () => {
    assert.equal((await visitor.post('/api/auth/signout', {})).status, 200)
    assert.equal(await visitor.json('/api/auth/session'), null)
    assert.equal((await visitor.fetch('/account')).status, 302)
  })
}

async function checkOutage(visitor, check) {
  await check('answers an outage with 503, and keeps the user signed in', async () => {
    // Posted as a plain form, because its response contains no session, which would fail first.
    assert.equal((await visitor.signInByForm('mary@app.example', 'jackson')).status, 302)
    const before = new Map(visitor.cookies)
    for (const path of ['/api/me', '/api/reports', '/api/auth/session', '/account']) {
      const response = await visitor.fetch(path)
      assert.equal(response.status, 503, path)
      assert.ok(response.headers.get('retry-after'), path)
      const bytes = await toBytes(response)
      refuseCanary(path, bytes)
      assert.doesNotMatch(bytes, /postgres|ACCOUNT-MARKER/)
    }
    assert.deepEqual(visitor.cookies, before)
  })
}
