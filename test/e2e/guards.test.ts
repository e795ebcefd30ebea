import { encode } from '@auth/core/jwt'
import { url } from '@nuxt/test-utils/e2e'
import { describe, expect, it, vi } from 'vitest'
import { secret, setupApp, Visitor } from './app'
import { createRandom } from '../unit/random'
import { sendRawTo } from './raw.mjs'
import { openSocket } from './socket'
import type { OpenSocket } from './socket'
import { toVariants, trickHeaders } from './variants.mjs'

await setupApp('guards')

/** The text behind each guarded path, which only permitted users may see. */
const doors = {
  '/api/admin/x': 'ADMIN-MARKER', '/api/own': 'OWN-MARKER', '/api/predicate': 'PREDICATE-MARKER', '/download': 'DOWNLOAD-MARKER',
  '/admin/secret': 'ADMIN-MARKER', '/parent/child': 'CHILD-MARKER', '/rules/secret': 'RULES-MARKER', '/upper/secret': 'UPPER-MARKER', '/cached/secret': 'CACHED-MARKER',
  '/spa/secret': 'SPA-MARKER', '/moved/x': 'UPSTREAM-MARKER', '/proxied/secret': 'UPSTREAM-MARKER', '/files/secret.txt': 'FILE-MARKER', '/server-page': 'SERVER-PAGE-MARKER', '/redirecting': 'REDIRECTING-MARKER',
  '/api/admin/a/export': 'EXPORT-MARKER', '/api/files/a/b': 'CATCHALL-MARKER', '/api/t/x/secret': 'PARAM-MARKER', '/api/auth/users': 'USERS-MARKER',
}
const markers = [...new Set(Object.values(doors)), 'PARENT-MARKER']
const openOnes = ['UPSTREAM-MARKER'] // `/api/upstream/secret` itself is open; only the proxy routes to it are guarded.

const sendRaw = (target: string, request?: Parameters<typeof sendRawTo>[2]) => sendRawTo(url('/'), target, request)

async function signedIn(name = 'Grace', role = 'member'): Promise<Visitor> {
  const visitor = new Visitor()
  expect((await visitor.signIn({ name, role })).status).toBe(200)
  return visitor
}
const html = { accept: 'text/html' }

describe('every guarded path', () => {
  it.each(Object.entries(doors).filter(([path]) => !/cached|spa|moved|server-page/.test(path)))('%s is open to a user who matches its rule', async (path, marker) => {
    const ada = await signedIn('Ada', 'admin')
    const response = await ada.fetch(path, { headers: { accept: '*/*' } })
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(marker)])
  })

  it.each([['/api/admin/x', 403], ['/api/own', 403], ['/api/predicate', 403], ['/admin/secret', 403], ['/rules/secret', 200], ['/parent/child', 200], ['/redirecting', 302], ['/rules/home', 302]])('%s answers a user without the role with %i', async (path, status) => {
    expect((await (await signedIn()).fetch(path, { headers: html })).status).toBe(status)
  })

  it('GRD-16 redirects anonymous users from a page to sign-in with a return URL, and answers an API with 401 as JSON without Location', async () => {
    for (const path of ['/admin/secret?x=1', '/rules/secret?x=1']) {
      const response = await new Visitor().fetch(path, { headers: html })
      expect([response.status, response.headers.get('location')]).toEqual([302, `/api/auth/signin?${new URLSearchParams({ callbackUrl: path })}`])
    }
    for (const path of ['/api/admin/x', '/api/own', '/api/predicate']) {
      for (const headers of [html, { accept: 'application/json' }, { accept: '*/*' }]) {
        const response = await new Visitor().fetch(path, { headers })
        expect([path, response.status, response.headers.get('location')]).toEqual([path, 401, null])
      }
    }
    const payload = await new Visitor().fetch('/rules/secret/_payload.json', { headers: html })
    expect([payload.status, payload.headers.get('location')]).toEqual([401, null])
  })

  it('redirects a user without the role to the rule\'s target, and never outside the app', async () => {
    const grace = await signedIn()
    expect((await grace.fetch('/redirecting', { headers: html })).headers.get('location')).toBe('/rules/open')
    expect((await grace.fetch('/rules/home', { headers: html })).headers.get('location')).toBe('/')
  })

  it('applies the strictest rule of a nested page', async () => {
    expect((await new Visitor().fetch('/parent/child')).status).toBe(302)
    expect(await (await new Visitor().fetch('/rules/open')).text()).toContain('OPEN-MARKER unauthenticated')
  })

  it('GRD-11 renders no trace of a guarded page without JavaScript, not even its layout', async () => {
    for (const path of Object.keys(doors)) {
      const text = await (await new Visitor().fetch(path, { headers: html })).text()
      expect(markers.filter(marker => text.includes(marker)), path).toEqual([])
    }
  })

  it('GRD-19 never sends a page without server rendering to anonymous users', async () => {
    const response = await new Visitor().fetch('/spa/secret', { headers: html })
    expect(response.status).toBe(302)
    expect(await (await (await signedIn()).fetch('/spa/secret', { headers: html })).text()).toContain('id="__nuxt"')
  })
})

describe('a request in any spelling', () => {
  it('GRD-05, GRD-06, GRD-07, GRD-10 never shows an anonymous user guarded content', async () => {
    let tried = 0
    for (const path of Object.keys(doors)) {
      const variants = toVariants(path)
      const answers = await Promise.all(variants.map(async variant => ({ variant, ...await sendRaw(variant) })))
      tried += answers.length
      for (const { variant, status, head, body } of answers) {
        // RED-07, RED-08: every redirect of a guard leads to a path of this app.
        const location = /^location: (.*)$/im.exec(head)?.[1]?.trim()
        if (location?.includes('signin')) expect(location, variant).toMatch(/^\/api\/auth\/signin\?callbackUrl=%2F/)
        if (location?.startsWith('/')) expect(new URL(location, url('/')).origin, variant).toBe(new URL(url('/')).origin)
        const seen = markers.filter(marker => body.includes(marker) && !openOnes.includes(marker))
        expect(seen, `${variant} → ${status}`).toEqual([])
        if (status !== 200) expect(status === 0 || (status >= 300 && status < 500), `${variant} → ${status}`).toBe(true)
      }
    }
    process.stdout.write(`path variants: ${tried} over ${Object.keys(doors).length} doors, 0 bypasses\n`)
    expect(tried).toBeGreaterThan(2000)
  })

  it('INP-07 never shows an anonymous user guarded content for 4 000 random paths, and never fails', async () => {
    const seed = Number(process.env.SEED ?? 20261121)
    const { next, pick } = createRandom(seed)
    const tokens = ['/', '/', '/', '//', '\\', '.', '..', ';', ';x', '%2f', '%5c', '%2e', '%2e%2e', '%252e', '%00', '%20', '%', '@', ':', '?', '#', '*', '~', '_payload.json', '__nuxt_error', '__nuxt_island', '_nuxt', 'http://x', 'api', 'API', 'auth', 'session', 'signin', 'users', 'admin', 'Admin', 'a', 'x', 'export', 'secret', 'secret.txt', 'files', 't', 'rules', 'open', 'upper', 'UPPER', 'own', 'cached', 'spa', 'parent', 'child', 'moved', 'proxied']
    for (let batch = 0; batch < 80; batch++) {
      const targets = Array.from({ length: 50 }, () => `/${Array.from({ length: 1 + Math.floor(next() * 9) }, () => pick(tokens)).join(next() < 0.6 ? '/' : '')}`)
      for (const { target, status, body } of await Promise.all(targets.map(async target => ({ target, ...await sendRaw(target) })))) {
        const seen = markers.filter(marker => body.includes(marker) && !openOnes.includes(marker))
        expect([seen, status < 500], `seed ${seed}: ${target} → ${status}`).toEqual([[], true])
      }
    }
  })

  it('GRD-05 never shows admin content to a user without the role, in any spelling', async () => {
    const cookie = (await signedIn()).cookieHeader()
    for (const path of ['/api/admin/x', '/admin/secret']) {
      for (const { variant, body } of await Promise.all(toVariants(path).map(async variant => ({ variant, ...await sendRaw(variant, { headers: { cookie } }) }))))
        expect(body.includes('ADMIN-MARKER'), variant).toBe(false)
    }
  })

  it('reaches the guarded path with some of these spellings, so the variants are relevant', async () => {
    const cookie = (await signedIn('Ada', 'admin')).cookieHeader()
    for (const path of ['/api/admin/x', '/admin/secret']) {
      const answers = await Promise.all(toVariants(path).map(variant => sendRaw(variant, { headers: { cookie } })))
      expect(answers.filter(({ body }) => body.includes('ADMIN-MARKER')).length).toBeGreaterThan(10)
    }
  })

  it('GRD-09, GRD-13, GRD-14 never lets a header change a guard', async () => {
    for (const path of Object.keys(doors)) {
      for (const headers of trickHeaders) {
        const { status, body } = await sendRaw(path, { headers })
        expect([markers.filter(marker => body.includes(marker)), status >= 300 && status < 500], `${path} ${JSON.stringify(headers)} → ${status}`).toEqual([[], true])
      }
    }
  })

  it('GRD-12 never lets another method bypass a guard, and treats HEAD as GET', async () => {
    for (const path of ['/api/admin/x', '/api/own', '/admin/secret', '/rules/secret', '/files/secret.txt']) {
      const get = await sendRaw(path)
      const head = await sendRaw(path, { method: 'HEAD' })
      expect([head.status, head.body]).toEqual([get.status, ''])
      for (const method of ['POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'get']) {
        const { status, body, head } = await sendRaw(path, { method, headers: { 'content-length': '0', 'origin': 'https://evil.example' } })
        expect([markers.filter(marker => body.includes(marker)), status >= 300 && status < 500], `${method} ${path} → ${status}`).toEqual([[], true])
        expect(head).not.toMatch(/access-control-allow-origin: \*/i)
      }
    }
  })

  it('GRD-15 never takes one role for another', async () => {
    for (const role of ['Admin', 'ADMIN', 'admin,member', ' admin', '["admin"]', '']) {
      const visitor = await signedIn('Eve', role)
      expect((await visitor.fetch('/api/admin/x')).status).toBe(403)
      expect((await visitor.fetch('/api/own')).status).toBe(403)
    }
  })
})

describe('shared renders', () => {
  it.each(['/swr/page', '/isr/page', '/swr/state', '/prerendered'])('CCH-03 %s is never cached with a name, a session or a cookie', async (path) => {
    const ada = await signedIn('Ada', 'admin')
    const first = await ada.fetch(path)
    expect([first.status, first.headers.getSetCookie()]).toEqual([200, []])
    const texts = [await first.text(), await (await new Visitor().fetch(path)).text(), await (await (await signedIn('Bob')).fetch(path)).text(), await (await ada.fetch(`${path}/_payload.json`)).text(), await (await new Visitor().fetch(`${path}/_payload.json`)).text()]
    for (const text of texts) expect(text).not.toMatch(/Ada|Bob|authenticated/)
    expect(texts[0]).toMatch(/SHARED loading|placeholder/)
  })

  it('a route that is both cached and guarded stays closed, and is never cached', async () => {
    for (const visitor of [await signedIn('Ada', 'admin'), new Visitor()]) {
      const response = await visitor.fetch('/cached/secret', { headers: html })
      expect([response.status, await response.text()]).toEqual([302, ''])
    }
  })

  it('CCH-05 requireSession throws in a cached handler, and the response is never cached', async () => {
    const ada = await signedIn('Ada', 'admin')
    for (const visitor of [ada, new Visitor(), ada]) {
      const response = await visitor.fetch('/api/cached-guard')
      expect([response.status, response.headers.getSetCookie()]).toEqual([500, []])
      expect(await response.text()).not.toContain('CACHED-MARKER')
    }
    expect((await ada.fetch('/api/own')).status).toBe(200)
  })

  it('CCH-01 a response that depends on the user is never cached', async () => {
    const visitor = await signedIn()
    for (const path of ['session', 'csrf', 'providers', 'signin', 'signout', 'error', 'verify-request', 'callback/nobody']) {
      const { headers } = await visitor.fetch(`/api/auth/${path}`)
      expect([path, headers.get('cache-control'), headers.get('vary')]).toEqual([path, 'private, no-store', 'Cookie'])
    }
    expect((await visitor.post('/api/auth/session', { data: {} })).headers.get('cache-control')).toBe('private, no-store')
  })
})

describe('islands and order', () => {
  it('gives an island the session of its own request only', async () => {
    const island = /\/__nuxt_island\/[\w-]+\.json/.exec(await (await new Visitor().fetch('/island')).text())?.[0]
    expect(await (await (await signedIn('Ada', 'admin')).fetch('/island')).text()).toContain('ISLAND')
    if (island) expect(await (await new Visitor().fetch(island)).text()).not.toContain('Ada')
  })

  it('GRD-20 runs before the middleware of the app and its layers, which may read the session', async () => {
    const stranger = await new Visitor().fetch('/api/admin/x')
    expect([stranger.status, stranger.headers.get('x-user-middleware')]).toEqual([401, null])
    const page = await new Visitor().fetch('/parent/child')
    expect([page.status, page.headers.get('x-app-middleware')]).toEqual([302, null])
    const opened = await (await signedIn()).fetch('/rules/secret')
    expect(opened.headers.get('x-app-middleware')).toBe('ran')
    expect(await opened.text()).toMatch(/layer Grace[\s\S]*app Grace/)
  })

  it('GRD-08 never applies a rule to another path with the same prefix', async () => {
    for (const path of ['/rulesx', '/api/administrator', '/api/adminx/x', '/administrator']) expect((await new Visitor().fetch(path)).status, path).toBe(404)
    expect(new URL(url('/')).hostname).toBe('127.0.0.1')
  })
})

describe('WebSockets', () => {
  const origin = () => url('/').replace(/\/$/, '')

  async function open(path: string, headers: Record<string, string>): Promise<OpenSocket> {
    const socket = await openSocket(path, headers)
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
    return socket
  }

  it('open for a signed-in user, and know the session', async () => {
    const socket = await open('/socket', { cookie: (await signedIn()).cookieHeader(), origin: origin() })
    expect(await socket.next()).toBe('hello Grace')
    socket.send('x')
    expect(await socket.next()).toBe('still Grace')
    socket.close()
    expect(await (await open('/rules/socket', { cookie: (await signedIn()).cookieHeader() })).next()).toBe('RULES-MARKER')
  })

  it.each(['/socket', '/rules/socket', '/Rules/socket', '/%72ules/socket', '//rules/socket'])('SES-14 %s never opens for an anonymous user or for a page of another site', async (path) => {
    const cookie = (await signedIn()).cookieHeader()
    expect([401, 404]).toContain(await openSocket(path))
    expect([401, 404]).toContain(await openSocket(path, { cookie: 'authjs.session-token=forged', origin: origin() }))
    for (const evil of ['https://evil.example', 'null', `${origin()}.evil.example`]) expect([403, 404]).toContain(await openSocket(path, { cookie, origin: evil }))
  })

  it('SES-14 never outlive their session', async () => {
    const token = await encode({ token: { name: 'Grace', role: 'member' }, secret, salt: 'authjs.session-token', maxAge: -13 })
    const socket = await open('/socket', { cookie: `authjs.session-token=${token}` }).catch(() => undefined)
    expect(socket).toBeUndefined()
    const short = await encode({ token: { name: 'Grace', role: 'member' }, secret, salt: 'authjs.session-token', maxAge: 1 })
    const open1 = await open('/socket', { cookie: `authjs.session-token=${short}` })
    expect(await open1.next()).toBe('hello Grace')
    await vi.waitFor(() => {
      open1.send('x')
      return Promise.race([open1.closed, new Promise((_, reject) => setTimeout(() => reject(new Error('open')), 200))])
    }, { timeout: 20_000, interval: 300 })
  }, 30_000)
})
