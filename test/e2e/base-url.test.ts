import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'

await setupApp('base-url')

async function signIn(visitor: Visitor, name: string, tenant: string): Promise<Response> {
  const { csrfToken } = await visitor.json<{ csrfToken: string }>('/app/login/csrf')
  return await visitor.fetch('/app/login/callback/credentials', {
    method: 'POST',
    body: JSON.stringify({ csrfToken, name, callbackUrl: '/app/?tab=1' }),
    headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1', 'x-tenant': tenant },
  })
}

describe('an app below /app/ with its own base path', () => {
  it('answers at that path only', async () => {
    const visitor = new Visitor()
    expect(await visitor.json('/app/login/session')).toBeNull()
    expect((await visitor.fetch('/login/session')).status).not.toBe(200)
    expect((await visitor.fetch('/app/api/auth/session')).status).toBe(404)
    expect(await visitor.json('/app/login/providers')).toMatchObject({ credentials: { callbackUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/app\/login\/callback\/credentials$/) } })
  })

  it('guards every page by default, except open ones, and returns to the page after the sign-in', async () => {
    const visitor = new Visitor()
    const response = await visitor.fetch('/app/?tab=1')
    expect([response.status, response.headers.get('location')]).toEqual([302, '/app/login/signin?callbackUrl=%2Fapp%2F%3Ftab%3D1'])
    expect(await (await visitor.fetch('/app/open')).text()).toContain('OPEN-MARKER')
    expect((await visitor.fetch('/app/nowhere')).status).toBe(404)
    const result = await signIn(visitor, 'Ada', 'one')
    expect(await result.json()).toMatchObject({ ok: true, url: expect.stringMatching(/\/app\/\?tab=1$/) })
    expect(await (await visitor.fetch('/app/?tab=1')).text()).toContain('Ada')
  })

  it.each([['/', '/app/'], ['/open', '/app/open'], ['/app/open?tab=1', '/app/open?tab=1']])('takes %s for a path of the app, after a sign-out and on the sign-in page: %s', async (callbackUrl, target) => {
    const visitor = new Visitor()
    await signIn(visitor, 'Ada', 'one')
    const { csrfToken } = await visitor.json<{ csrfToken: string }>('/app/login/csrf')
    expect(await (await visitor.fetch(`/app/login/signin?callbackUrl=${encodeURIComponent(callbackUrl)}`)).text()).toContain(`value="${target}"`)
    const response = await visitor.fetch('/app/login/signout', { method: 'POST', body: new URLSearchParams({ csrfToken, callbackUrl }) })
    expect([response.status, response.headers.get('location')]).toEqual([302, new URL(target, response.url).href])
  })

  it('GRD-06 never shows a page at a path in another case, if paths are case-sensitive', async () => {
    for (const path of ['/app/Open', '/app/OPEN']) {
      const response = await new Visitor().fetch(path)
      expect([response.status, (await response.text()).includes('OPEN-MARKER')]).toEqual([404, false])
    }
  })

  it('has a sign-in page whose form posts to the base path', async () => {
    const html = await (await new Visitor().fetch('/app/login/signin')).text()
    expect(html).toContain('action="/app/login/callback/credentials"')
    expect(html).toContain('<link rel="stylesheet" href="/app/login/style.css">')
    expect((await new Visitor().fetch('/app/login/style.css')).headers.get('content-type')).toContain('text/css')
  })
})

describe('a definition per request', () => {
  it('is called for each request, with its event', async () => {
    for (const tenant of ['one', 'two']) {
      const visitor = new Visitor()
      expect((await signIn(visitor, 'Ada', tenant)).status).toBe(200)
      expect(await visitor.json('/app/login/session')).toMatchObject({ tenant })
    }
  })
})
