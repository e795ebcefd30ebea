import { url } from '@nuxt/test-utils/e2e'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'
import { startProvider } from './rotating-provider.mjs'

const provider = await startProvider()
afterAll(() => provider.close())
beforeEach(() => void provider.reset())
await setupApp('refresh', { env: { TEST_PROVIDER_URL: provider.url } })

/** Number of sessions that race, with 50 requests each. */
const rounds = Number(process.env.ROUNDS ?? 50)
const parallel = 50

async function signedIn(lifetime = 0): Promise<Visitor> {
  const visitor = new Visitor()
  expect((await visitor.signIn({ lifetime: String(lifetime) })).status).toBe(200)
  return visitor
}

/** A request with an earlier value of the cookie. */
const fetchWith = (cookie: string, path: string) => fetch(url(path), { headers: { cookie }, redirect: 'manual' })
const toSessionCookies = (response: Response) => response.headers.getSetCookie().filter(cookie => cookie.startsWith('authjs.session-token='))
const toPair = (response: Response) => toSessionCookies(response)[0]?.split(';')[0] ?? ''

describe('an access token that expires', () => {
  it('REF-01 is never refreshed twice for 50 parallel requests, and all of them succeed', async () => {
    const cookie = (await signedIn()).cookieHeader()
    const responses = await Promise.all(Array.from({ length: parallel }, (_, index) => fetchWith(cookie, ['/api/reports', '/', '/api/auth/session', '/api/nested'][index % 4]!)))
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(responses.map(response => toSessionCookies(response).length)).toEqual(responses.map(() => 1))
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([1, 0])
    // The cookie of the last response is valid, regardless of the order.
    for (const response of responses.slice(-4)) expect((await fetchWith(toPair(response), '/api/reports')).status).toBe(200)
    expect(provider.seen.calls).toBe(1)
  })

  it(`REF-01 is never refreshed twice, for ${rounds} sessions of ${parallel} requests each`, { timeout: 600_000 }, async () => {
    for (let round = 0; round < rounds; round++) {
      const cookie = (await signedIn()).cookieHeader()
      const statuses = await Promise.all(Array.from({ length: parallel }, async () => (await fetchWith(cookie, '/api/reports')).status))
      expect(new Set(statuses)).toEqual(new Set([200]))
    }
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([rounds, 0])
  })

  it.each([100, 1000])('REF-02 is up to date for a tab that sends the old cookie %i ms later', async (late) => {
    const cookie = (await signedIn()).cookieHeader()
    await fetchWith(cookie, '/api/reports')
    await new Promise(resolve => setTimeout(resolve, late))
    const response = await fetchWith(cookie, '/api/reports')
    expect([response.status, provider.seen.calls, toSessionCookies(response).length]).toEqual([200, 1, 1])
  })

  it('REF-07 never appears in a page: the page sets the new cookie, once per navigation', async () => {
    const visitor = await signedIn()
    const page = await visitor.fetch('/')
    const html = await page.text()
    expect(html.match(/Quarter 3/g)?.length).toBeGreaterThanOrEqual(2)
    expect(toSessionCookies(page)).toHaveLength(1)
    expect(html).not.toMatch(/(?:access|refresh)-[\da-f]{8}/)
    expect(toSessionCookies(await visitor.fetch('/'))).toEqual([])
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([1, 0])
  })

  it.each(['/api/reports', '/api/nested', '/api/me', '/api/auth/session'])('REF-07 is never lost after a refresh during %s', async (path) => {
    const visitor = await signedIn()
    expect(toSessionCookies(await visitor.fetch(path))).toHaveLength(1)
    expect(toSessionCookies(await visitor.fetch(path))).toEqual([])
    expect(provider.seen.calls).toBe(1)
  })

  it('is requested with the client\'s credentials in a header and the grant in the body', async () => {
    await (await signedIn()).fetch('/api/reports')
    expect(provider.seen.authorizations).toEqual([`Basic ${btoa('app:secret+of+the+app')}`])
    expect(provider.seen.bodies).toEqual([expect.stringMatching(/^grant_type=refresh_token&refresh_token=refresh-[\da-f-]+$|^refresh_token=refresh-[\da-f-]+&grant_type=refresh_token$/)])
  })

  it('is not refreshed while it is valid', async () => {
    const visitor = await signedIn(300)
    expect((await visitor.fetch('/api/reports')).status).toBe(200)
    expect(provider.seen.calls).toBe(0)
  })
})

describe('a provider that fails', () => {
  it.each(['error', 'garbage'] as const)('REF-05 (%s) never ends a session, is not asked on every request, and recovers', async (fault) => {
    const visitor = await signedIn()
    provider.fault = fault
    const before = visitor.cookieHeader()
    const responses = await Promise.all(Array.from({ length: 20 }, () => visitor.fetch('/api/reports')))
    expect(responses.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(responses.map(() => [503, '5']))
    expect(await visitor.json('/api/me')).toMatchObject({ user: { name: 'Ada' }, error: 'RefreshFailed' })
    expect(await visitor.json('/api/auth/session')).toMatchObject({ error: 'RefreshFailed' })
    const page = await visitor.fetch('/')
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('RefreshFailed')])
    expect([provider.seen.calls, visitor.cookieHeader()]).toEqual([1, before])
    provider.fault = undefined
    await expect.poll(async () => (await visitor.fetch('/api/reports')).status, { timeout: 8000, interval: 250 }).toBe(200)
    expect([provider.seen.calls, provider.seen.reuses]).toEqual([2, 0])
    expect(await visitor.json('/api/me')).not.toHaveProperty('error')
  })

  it('REF-05 (no response) never delays a request by more than 10 seconds', async () => {
    const visitor = await signedIn()
    provider.fault = 'timeout'
    const start = Date.now()
    const [reports, me] = await Promise.all([visitor.fetch('/api/reports'), visitor.json('/api/me')])
    expect([reports.status, me]).toEqual([503, expect.objectContaining({ error: 'RefreshFailed' })])
    expect(Date.now() - start).toBeLessThan(10_000)
    expect(provider.seen.calls).toBe(1)
  })

  it('REF-06 (invalid_grant) ends the session once, and never affects the next sign-in', async () => {
    const visitor = await signedIn()
    provider.fault = 'invalid_grant'
    const cookie = visitor.cookieHeader()
    const responses = await Promise.all(Array.from({ length: 20 }, () => fetchWith(cookie, '/api/me')))
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 401))
    expect(responses.map(response => toSessionCookies(response).map(pair => /max-age=0/i.test(pair)))).toEqual(responses.map(() => [true]))
    expect(await (await visitor.fetch('/api/auth/session')).json()).toBeNull()
    expect([visitor.cookies.has('authjs.session-token'), provider.seen.calls]).toEqual([false, 1])
    provider.fault = undefined
    expect((await visitor.signIn({ lifetime: '0' })).status).toBe(200)
    expect((await visitor.fetch('/api/reports')).status).toBe(200)
  })
})
