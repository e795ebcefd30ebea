import { describe, expect, it } from 'vitest'
import { setupApp, Visitor } from './app'

await setupApp('extending')

async function signedIn(name: string): Promise<Visitor> {
  const visitor = new Visitor()
  expect((await visitor.signIn({ name, password: 'any' })).status).toBe(200)
  return visitor
}

describe('the extending-the-session guide, with plain callbacks and a database', () => {
  it('has the id from the jwt callback on the server and in the browser', async () => {
    const visitor = await signedIn('Ada')
    expect(await visitor.json('/api/auth/session')).toMatchObject({ user: { id: '7', name: 'Ada', email: 'ada@app.example' } })
    expect(await visitor.json('/api/me')).toMatchObject({ session: { user: { id: '7' } } })
    expect(await (await visitor.fetch('/')).text()).toContain('&quot;id&quot;: &quot;7&quot;')
  })

  it('awaits an async callback, and reads the database on every request', async () => {
    const visitor = await signedIn('Grace')
    expect(await visitor.json('/api/me')).toMatchObject({ session: { plan: 'free' } })
    await visitor.fetch('/api/plan', { method: 'POST', body: JSON.stringify({ plan: 'team' }), headers: { 'content-type': 'application/json' } })
    expect(await visitor.json('/api/me')).toMatchObject({ session: { plan: 'team' } })
  })

  it('exposes only name, email, image and the fields from the callback', async () => {
    const session = await (await signedIn('Ada')).json<{ user: object }>('/api/auth/session')
    expect(Object.keys(session).sort()).toEqual(['expires', 'plan', 'user'])
    expect(Object.keys(session.user).sort()).toEqual(['email', 'id', 'name'])
    expect(JSON.stringify(session)).not.toContain('CANARY')
  })

  it('LEAK-12 never sends an email that the callback removes, in any response, page or payload', async () => {
    const visitor = new Visitor()
    const adopted = await (await visitor.signIn({ name: 'Linus', password: 'any' })).text()
    const paths = ['/', '/_payload.json', '/api/auth/session', '/api/me']
    const texts = [adopted, ...await Promise.all(paths.map(async path => (await visitor.fetch(path)).text()))]
    for (const text of texts) expect(text).not.toMatch(/linus/i)
    expect(JSON.parse(adopted)).toMatchObject({ ok: true, session: { user: { id: '9' }, plan: 'hidden' } })
    expect(texts[1]).toContain('&quot;plan&quot;: &quot;hidden&quot;')
  })

  it('refuses a user who is not in the database', async () => {
    expect((await new Visitor().signIn({ name: 'Mallory', password: 'any' })).status).toBe(401)
  })
})
