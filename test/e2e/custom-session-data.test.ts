import { decode } from '@auth/core/jwt'
import { describe, expect, it } from 'vitest'
import { secret, setupApp, Visitor } from './app'
import { findForms, toBytes } from './canary'

const canary = 'CANARY-access-token-5f1c'

// The guide's handler sets its own secret; the environment has none that this module reads.
await setupApp('custom-session-data', { env: { AUTH_SECRET: '', NUXT_SESSION_SECRET: secret } })

describe('the custom session data guide, with its own server/api/auth/[...].ts', () => {
  it('keeps the fields from authorize in the token at sign-in', async () => {
    const visitor = new Visitor()
    expect((await visitor.signIn({ password: 'right' })).status).toBe(200)
    const cookie = visitor.cookies.get('authjs.session-token')
    const claims = { jwt: canary, id: '1', role: 'admin', name: 'John Doe', email: 'john@app.example' }
    expect(await decode({ token: cookie, secret, salt: 'authjs.session-token' })).toMatchObject(claims)
  })

  it('returns role and uid in the session, and useAuth has its four keys', async () => {
    const visitor = new Visitor()
    await visitor.signIn({ password: 'right' })
    const session = await visitor.json<object>('/api/auth/session')
    expect(Object.keys(session).sort()).toEqual(['expires', 'role', 'uid', 'user'])
    expect(session).toMatchObject({ role: 'admin', uid: '1', user: { name: 'John Doe', email: 'john@app.example' } })
    const html = await (await visitor.fetch('/')).text()
    const [, rendered = ''] = /<pre id="session">(.*?)<\/pre>/s.exec(html) ?? []
    expect(JSON.parse(rendered.replaceAll('&quot;', '"'))).toEqual(session)
  })

  it('never lets the token reach the browser', async () => {
    const visitor = new Visitor()
    const answers = [await visitor.signIn({ password: 'right' })]
    for (const path of ['/', '/api/auth/session', '/api/auth/providers', '/api/auth/signin']) answers.push(await visitor.fetch(path))
    for (const answer of answers) expect(findForms(await toBytes(answer), canary)).toEqual([])
    // The same search does find the token in a route of the app that returns it.
    expect(findForms(await toBytes(await visitor.fetch('/api/token')), canary)).not.toEqual([])
  })

  it('refuses a sign-in with status 403 if authorize throws createError({ statusCode: 403 })', async () => {
    const visitor = new Visitor()
    const response = await visitor.signIn({ password: 'wrong' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ ok: false, status: 403, error: 'CredentialsSignin', code: 'Credentials not working' })
    expect(await visitor.json('/api/auth/session')).toBeNull()
  })
})
