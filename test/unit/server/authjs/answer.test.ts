import { beforeEach, describe, expect, it, vi } from 'vitest'
import { toJson } from '../../../../src/runtime/server/http/answer'
import { toAnswer, toReply } from '../../../../src/runtime/server/authjs/answer'
import handler from '../../../../src/runtime/server/handler'
import { current } from '../../definition-module'
import { toEvent } from '../../event'

const origin = 'https://app.example'
const logError = vi.fn()
const cookies = [{ name: 'a', value: 'b', options: { path: '/' } }]
const answer = (answered: Parameters<typeof toAnswer>[0]) => toAnswer(answered, logError)
const failed = { status: 302, headers: {}, hasFailed: true }

beforeEach(() => {
  logError.mockClear()
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', origin)
})

describe('what Auth.js did', () => {
  it('is an answer as it is, with its headers in lower case', async () => {
    const body = { csrfToken: 'x' }
    expect(await answer({ headers: { 'Content-Type': 'application/json', 'Expires': '0' }, body, cookies })).toEqual({ status: 200, headers: { 'content-type': 'application/json', 'expires': '0' }, body, cookies, redirect: undefined })
    expect((await answer({ status: 400, body: { error: 'Invalid request' } })).status).toBe(400)
  })

  it('leads somewhere, or nowhere where a callback returned nothing', async () => {
    expect(await answer({ redirect: '/x', cookies })).toMatchObject({ status: 302, headers: { location: '/x' }, cookies, redirect: '/x' })
    expect(await answer({ redirect: ' /x ' })).toMatchObject({ redirect: '/x' })
    expect(await answer({ redirect: new URL('/x', origin) as never })).toMatchObject({ headers: { location: `${origin}/x` }, redirect: `${origin}/x` })
    expect(await answer({ redirect: '/x', headers: { Expires: '0' } })).toMatchObject({ headers: { expires: '0', location: '/x' } })
    for (const redirect of ['', undefined]) expect(await answer({ redirect })).toMatchObject({ status: 200, headers: {}, redirect: undefined })
  })

  it.each(['/日本', '/a\r\nset-cookie: x=y', '/a\0b'])('never reaches a header as %j: it is a reported error, without a cookie', async (redirect) => {
    expect(await answer({ redirect, cookies })).toEqual(failed)
    expect(logError).toHaveBeenCalledWith(expect.any(TypeError))
  })
})

describe('an error of Auth.js', () => {
  it('is a failed answer, whatever page it names', async () => {
    expect(await answer(Response.json({ url: `${origin}/login?error=CredentialsSignin` }))).toEqual(failed)
    expect(await answer(Response.redirect(`${origin}/oops?error=Configuration`))).toEqual(failed)
  })

  it('about the request or the config keeps its status', async () => {
    expect(await answer(Response.json('Bad request.', { status: 400 }))).toEqual({ status: 400, headers: { 'content-type': 'application/json' }, body: '"Bad request."' })
    expect(await answer(Response.json({ message: 'x' }, { status: 500 }))).toMatchObject({ status: 500 })
  })

  it('about the config is a 503 with its code, for whoever asks', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    current.definition = { providers: [() => ({ id: 'credentials', type: 'credentials', name: 'x', credentials: {} })] }
    for (const headers of [{}, { 'x-auth-return-redirect': '1' }] as Record<string, string>[])
      await expect(handler(toEvent(headers, '/api/auth/csrf'))).rejects.toMatchObject({ statusCode: 503, cause: { code: 'AUTH_R003' } })
    expect(log).toHaveBeenCalledTimes(4)
    log.mockRestore()
  })
})

describe('a visitor', () => {
  const led = { status: 302, headers: { 'location': '/x', 'retry-after': '5' }, cookies, redirect: '/x', body: 'none' }

  it('with a script is told where to go', () => {
    expect(toReply(led, true)).toEqual({ status: 200, headers: { 'content-type': 'application/json', 'location': '/x', 'retry-after': '5' }, cookies, body: { url: '/x' } })
    expect(toReply({ status: 302, headers: {}, redirect: `${origin}/ä` }, true)).toEqual({ status: 200, headers: { 'content-type': 'application/json' }, body: { url: `${origin}/ä` } })
  })

  it('without one is sent there, at an address that a header can hold', () => {
    expect(toReply(led, false)).toEqual({ status: 302, headers: { 'location': '/x', 'retry-after': '5' }, cookies, body: undefined })
    expect(toReply({ status: 302, headers: {}, redirect: `${origin}/日本` }, false)).toMatchObject({ status: 302, headers: { location: `${origin}/%E6%97%A5%E6%9C%AC` } })
  })

  it('gets what leads nowhere as it is', () => {
    for (const isScript of [true, false]) expect(toReply(toJson({ a: 1 }, { cookies }), isScript)).toEqual({ status: 200, headers: { 'content-type': 'application/json' }, cookies, body: { a: 1 } })
  })

  it.each([[{ 'x-auth-return-redirect': '1' }, true], [{}, false]])('with the headers %j is a script: %s', async (headers, isScript) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const at = (path: string) => `https://id.example/${path}`
    current.definition = { providers: [{ id: 'hub', name: 'Hub', type: 'oauth', clientId: 'app', clientSecret: 'x', authorization: at('a'), token: at('t'), userinfo: at('u') }] }
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const response = await handler(toEvent(headers as Record<string, string>, '/api/auth/callback/hub')) as Response
    const url = `${origin}/api/auth/signin?error=OAuthCallbackError`
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual(isScript ? [200, null, JSON.stringify({ url })] : [302, url, ''])
  })
})
