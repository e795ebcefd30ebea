import { beforeEach, describe, expect, it, vi } from 'vitest'
import { sealCsrfToken } from '../../../../src/runtime/server/token/csrf'
import { credentials } from '../../../../src/runtime/server/define'
import handler from '../../../../src/runtime/server/handler'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const secret = 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD'
const older = 'd5Sp3Oi9UyT6eR4cN2bV8zQa0Tm1kZ7x'
const definition = {
  providers: [credentials({
    credentials: { name: {}, password: { type: 'password' } },
    authorize: ({ name, password }) => {
      if (name === 'outage') throw new Error('down')
      return password === 'right' ? { id: '1' } : null
    },
  })],
  logger: { error: () => {}, warn: () => {} },
}

beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', secret)
  vi.stubEnv('AUTH_URL', 'https://app.example')
  current.definition = definition
})

async function submit(fields: Record<string, string>, secrets = [secret]) {
  const cookie = `__Host-authjs.csrf-token=${encodeURIComponent(await sealCsrfToken('token', secrets))}`
  const event = toEvent({ cookie, 'content-type': 'application/x-www-form-urlencoded' }, '/api/auth/callback/credentials', String(new URLSearchParams({ csrfToken: 'token', ...fields })))
  const { status, headers } = await handler(event) as Response
  const names = [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)
  return { status, location: headers.get('location'), names, cookies: headers.getSetCookie() }
}

describe('a refused form', () => {
  it('keeps its callback URL and its user name, never its password', async () => {
    const { status, location, names } = await submit({ name: 'Ada & Co', password: 'CANARY', callbackUrl: '/account?tab=1' })
    expect([status, location]).toEqual([302, 'https://app.example/api/auth/signin?error=CredentialsSignin&code=credentials&callbackUrl=%2Faccount%3Ftab%3D1'])
    expect(names).toEqual(['__Host-nuxt-authjs.name=Ada%20%26%20Co; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax'])
  })

  it('shows the user name again, once', async () => {
    const event = toEvent({ cookie: '__Host-nuxt-authjs.name=Ada%20%22%3E%3Cb%3E' }, '/api/auth/signin?error=CredentialsSignin')
    expect(await (await handler(event) as Response).text()).toContain('value="Ada &quot;&gt;&lt;b&gt;"')
    expect(String(event.node.res.getHeader('set-cookie'))).toContain('__Host-nuxt-authjs.name=; Max-Age=0; Path=/')
  })

  it.each(['https://evil.example', '//evil.example', 'javascript:alert(1)'])('RED-09 never leads to %s', async (callbackUrl) => {
    expect((await submit({ name: 'ada', password: 'x', callbackUrl })).location).toBe('https://app.example/api/auth/signin?error=CredentialsSignin&code=credentials&callbackUrl=%2F')
  })

  it('leads to the app\'s own page in the same way', async () => {
    current.definition = { ...definition, pages: { signIn: '/login' } }
    const { location } = await submit({ name: 'ada', password: 'x', callbackUrl: '/account' })
    expect(location).toBe('https://app.example/login?error=CredentialsSignin&code=credentials&callbackUrl=%2Faccount')
  })

  it('keeps no user name after an outage, without a CSRF token, or above 200 characters', async () => {
    expect((await submit({ name: 'outage', password: 'x' })).names).toEqual([])
    expect(await submit({ name: 'ada', password: 'x', csrfToken: 'other' })).toMatchObject({ status: 302, location: expect.stringContaining('/signin?error=MissingCSRF'), names: [], cookies: [] })
    expect((await submit({ name: 'a'.repeat(5000), password: 'x' })).names).toEqual([])
  })

  it('leaves a successful sign-in alone whose callback URL has an error parameter', async () => {
    const { location, cookies } = await submit({ name: 'ada', password: 'right', callbackUrl: '/report?error=7' })
    expect(location).toBe('https://app.example/report?error=7')
    expect(cookies.join()).toContain('session-token')
  })
})

describe('CSRF-05 a form that was opened before the secret changed', () => {
  it('is accepted as long as the previous secret is listed', async () => {
    current.definition = { ...definition, secret: [secret, older] }
    expect((await submit({ name: 'ada', password: 'right' }, [older])).cookies.join()).toContain('session-token')
  })

  it('never is accepted after that', async () => {
    expect(await submit({ name: 'ada', password: 'right' }, [older])).toMatchObject({ location: expect.stringContaining('error=MissingCSRF'), cookies: [] })
  })
})
