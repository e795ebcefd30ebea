import { expect } from 'vitest'
import type { Attack } from '../attack'
import { Client, cookieName, mapSerial, signedIn } from '../client'
import { sealDue } from '../seal'
import type { Running } from '../server'

const routes = ['session', 'csrf', 'providers', 'signin', 'signout', 'error', 'verify-request', 'callback/github?code=x', 'callback/nobody', 'nowhere']

export const caches: Attack[] = [
  {
    row: 'CCH-01',
    promise: 'never lets a response of Auth.js into a cache, regardless of its status',
    async run({ main }) {
      const ada = await signedIn(main)
      const answers = [
        ...await Promise.all(routes.map(route => ada.fetch(`/api/auth/${route}`))), await ada.post('/api/auth/session', { data: {} }), await ada.post('/api/auth/session', { csrfToken: 'x' }), await new Client(main).signIn('ada', 'wrong'), await ada.submit('/api/auth/signin/github', {}),
        await ada.fetch('/api/auth/session', { method: 'PUT' }), await ada.fetch('/api/auth/session', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }), await (await signedIn(main, 'fragile').catch(() => ada)).fetch('/api/auth/session'), await ada.submit('/api/auth/signout', {}),
      ]
      for (const { url, status, headers } of answers) expect([url, status, headers.get('cache-control'), headers.get('vary')?.toLowerCase()]).toEqual([url, status, 'private, no-store', expect.stringContaining('cookie')])
    },
  },
  {
    row: 'CCH-02',
    promise: 'never lets a page or a response that depends on the user into a cache',
    async run({ main }) {
      const ada = await signedIn(main)
      for (const path of ['/', '/member', '/admin', '/api/me', '/api/admin']) {
        const { headers } = await ada.fetch(path)
        expect([path, headers.get('cache-control'), headers.get('vary')?.toLowerCase()]).toEqual([path, 'private, no-store', expect.stringContaining('cookie')])
      }
    },
  },
  {
    row: 'CCH-03',
    promise: 'never serves one user\'s cached page or cookie to the next',
    run: async ({ main }) => await expectStranger(main, ['/swr', toFresh()]),
  },
  {
    row: 'CCH-07',
    promise: 'never serves one user\'s payload to the next, cached or not',
    async run({ main }) {
      await expectStranger(main, ['/swr/_payload.json', `${toFresh()}/_payload.json`, '/_payload.json', '/member/_payload.json', '/admin/_payload.json'])
      // The attack proves something only if a payload is cached at all.
      expect((await fetch(`${main.origin}/swr/_payload.json`)).status).toBe(200)
    },
  },
  {
    row: 'CCH-10',
    promise: 'never lets a response that sets or deletes the session cookie into a cache, even if the app, a route rule or a proxied response allows it',
    async run({ main }) {
      const due = await sealDue()
      const island = `/__nuxt_island/${encodeURIComponent('Nothing_x.json')}?props={}`
      for (const cookie of ['garbage', due, `${due.slice(0, -1)}_`]) {
        for (const path of ['/open', '/api/open', '/api/proxied', '/api/ruled', '/', '/nowhere', island]) {
          const { headers, status } = await fetch(main.origin + path, { redirect: 'manual', headers: { 'cookie': `${cookieName}=${cookie}`, 'if-none-match': '*' } })
          const isSet = headers.getSetCookie().some(line => line.startsWith(cookieName))
          const sharing = [...headers].filter(([name]) => name.endsWith('cache-control') && name !== 'cache-control')
          if (path.endsWith('/open')) expect([path, status, isSet]).toEqual([path, 200, true])
          if (isSet) expect([path, status, headers.get('cache-control'), sharing]).toEqual([path, status, 'private, no-store', []])
        }
      }
      // A request without a session is still served from the cache.
      for (const path of ['/open', '/api/open']) {
        const { headers } = await fetch(main.origin + path, { headers: { cookie: 'theme=dark' } })
        expect([path, headers.get('cache-control'), headers.get('cdn-cache-control')]).toEqual([path, 'public, s-maxage=60', 'max-age=60'])
      }
    },
  },
]

/** A page that was never requested, so nothing of it is cached. */
const toFresh = () => `/swr/${crypto.randomUUID()}`

/** Ada requests the page first, once with a cookie that would be cleared. Later users see nothing of hers, and the cached page sets no cookie for Ada either. */
async function expectStranger(main: Running, paths: string[]): Promise<void> {
  const ada = await signedIn(main)
  for (const path of paths) {
    // A payload may be cached with the page that created it.
    const warm = [path.replace(/\/?_payload\.json$/, '') || '/', path]
    const own = await mapSerial(warm, path => ada.fetch(path))
    own.push(await ada.fetch(path, { headers: { cookie: `${ada.cookieHeader()}; authjs.session-token.9=stale` } }))
    for (const client of [new Client(main), await signedIn(main, 'grace')]) {
      const next = await client.fetch(path)
      expect([path, /Ada|ada@app/.test(await next.text()), next.headers.getSetCookie()]).toEqual([path, false, []])
    }
    if (path.startsWith('/swr')) expect([path, ...own.map(({ headers }) => headers.getSetCookie())]).toEqual([path, [], [], []])
  }
}
