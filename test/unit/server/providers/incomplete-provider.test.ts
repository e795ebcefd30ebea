import Auth0 from '@auth/core/providers/auth0'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const origin = 'https://app.example'
const form = { 'content-type': 'application/x-www-form-urlencoded', origin }

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', origin)
  vi.stubEnv('AUTH_AUTH0_ID', 'client')
  vi.stubEnv('AUTH_AUTH0_SECRET', 'secret')
  current.definition = { providers: [Auth0, credentials({ credentials: { name: {} }, authorize: ({ name }) => name === 'ada' && { id: '1', name } })] }
})

async function ask(...request: Parameters<typeof toEvent>): Promise<Response> {
  const answer = await handler(toEvent(...request))
  if (answer instanceof Response) return answer
  throw new TypeError('no Response')
}

async function getForm(): Promise<[cookie: string, csrfToken: string]> {
  const response = await ask({}, '/api/auth/csrf')
  const { csrfToken } = await response.json() as { csrfToken: string }
  return [response.headers.getSetCookie().map(cookie => cookie.split(';')[0]).join('; '), csrfToken]
}

describe('a provider that has no issuer yet', () => {
  it.each(['csrf', 'providers', 'signin', 'signout'])('never stops /api/auth/%s', async (path) => {
    expect((await ask({}, `/api/auth/${path}`)).status).toBe(200)
  })

  it('is still listed', async () => {
    expect(Object.keys(await (await ask({}, '/api/auth/providers')).json() as object)).toEqual(['auth0', 'credentials'])
  })

  it('never stops the sign-in by another one, or a sign-out', async () => {
    const [cookie, csrfToken] = await getForm()
    const answered = await ask({ ...form, cookie }, '/api/auth/callback/credentials', new URLSearchParams({ csrfToken, name: 'ada' }).toString())
    expect([answered.status, answered.headers.get('location'), answered.headers.getSetCookie().some(cookie => cookie.includes('session-token=ey'))]).toEqual([302, `${origin}/`, true])
    expect((await ask({ ...form, cookie }, '/api/auth/signout', `csrfToken=${csrfToken}`)).status).toBe(302)
  })

  it('says what it lacks to whoever runs the server, once somebody asks for it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const [cookie, csrfToken] = await getForm()
    const asked = ask({ ...form, cookie }, '/api/auth/signin/auth0', `csrfToken=${csrfToken}`)
    await expect(asked).rejects.toMatchObject({ statusCode: 503, cause: { message: expect.stringContaining('AUTH_D004: server/auth.ts: the provider `auth0` has no issuer. Set AUTH_AUTH0_ISSUER') } })
    expect(log).toHaveBeenCalledOnce()
    log.mockRestore()
  })
})
