import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as nitro3 from '../../../../src/runtime/server/host/nitro3'
import type { HostFunctions, SetHeaders } from '../../../../src/runtime/server/host/types'
import type { Answer } from '../../../../src/runtime/server/http/answer'
import { NuxtAuthError } from '../../../../src/runtime/shared/errors'
import { createHooks } from './hooks'

// As in h3 v2, which sets cookies on the response of the event.
vi.mock('h3', async importOriginal => ({
  ...await importOriginal<object>(),
  setCookie: (event: { res: { headers: Headers } }, name: string, value: string, { path }: { path: string }) =>
    event.res.headers.append('set-cookie', `${name}=${encodeURIComponent(value)}; Path=${path}`),
}))

// Compiles only if the file has every function of a host.
const host: HostFunctions = nitro3
const { defineNitroPlugin, getCookieHeader, keepPrivate, respond, usePage } = nitro3

/** Sends an answer after another handler has set a cookie. */
async function send(answer: Answer, own: Record<string, string> = {}, method = 'GET') {
  const req = new Request('https://app.example', { method })
  const event = { req, headers: req.headers, context: {}, res: { headers: new Headers({ 'set-cookie': 'early=1; Path=/' }) } }
  const response = respond(event, answer, own)
  // h3 v2 drops the event's cookies from error responses.
  expect(event.res.headers.getSetCookie()).toEqual([])
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'))
  return { status: response.status, headers, cookies: response.headers.getSetCookie(), body: response.body && await response.text() }
}

describe('an answer, written by h3 v2', () => {
  const cookies = [{ name: 'a', value: 'b|c', options: { path: '/' } }, { name: 'd', value: '', options: { path: '/x' } }]

  it.each([200, 302, 401, 503])('has status %i, the given headers over its own, and its cookies after earlier ones', async (status) => {
    const answer = { status, headers: { 'location': '/x', 'cache-control': 'public' }, cookies, body: 'text' }
    expect(await send(answer, { 'cache-control': 'private' })).toEqual({
      status,
      headers: expect.objectContaining({ 'location': '/x', 'cache-control': 'private' }),
      cookies: ['early=1; Path=/', 'a=b%7Cc; Path=/', 'd=; Path=/x'],
      body: 'text',
    })
  })

  it('is JSON unless its body is text', async () => {
    for (const body of [{ a: ['ä', undefined] }, null]) {
      expect((await send({ status: 200, headers: { 'content-type': 'application/json' }, body })).body).toBe(JSON.stringify(body))
    }
    expect((await send({ status: 200, headers: {}, body: '' })).body).toBe('')
  })

  it('has no body if the answer has none, and for HEAD', async () => {
    for (const status of [200, 302]) expect(await send({ status, headers: {} })).toMatchObject({ status, body: null })
    const style = { status: 200, headers: { 'content-type': 'text/css' }, body: 'x' }
    expect(await send(style, {}, 'HEAD')).toMatchObject({ status: 200, headers: { 'content-type': 'text/css' }, body: null })
  })
})

it.each([['a=1; b=%7C', 'a=1; b=%7C'], [undefined, '']])('reads the Cookie header as it was sent: %s', (cookie, sent) => {
  const headers = new Headers(cookie === undefined ? {} : { cookie })
  const event = { headers, res: { headers: new Headers() }, context: {} }
  expect(getCookieHeader({ ...event, req: new Request('https://app.example', { headers }) })).toBe(sent)
  // The upgrade request of a WebSocket has no `req`.
  expect(getCookieHeader(event)).toBe(sent)
})

it('usePage overrides a page\'s headers, and never those of other responses', async () => {
  const own = { 'cache-control': 'private', 'vary': 'Cookie' }
  const hooks = createHooks()
  const run = vi.fn((_page, _vary, setHeaders: SetHeaders) => setHeaders(own))
  usePage({ h3: { config: {} }, hooks }, run)
  const send = async (context: object) => {
    const response = new Response(null, { headers: { 'cache-control': 'public', 'etag': 'x', 'vary': 'Accept' } })
    await hooks.callHook('response', response, { context })
    return Object.fromEntries(response.headers)
  }
  const page = {}
  expect(await send({ nuxtAuthjs: { page } })).toEqual({ ...own, etag: 'x' })
  expect(run.mock.calls).toEqual([[page, 'Accept', expect.any(Function)]])
  for (const context of [{}, { nuxtAuthjs: {} }]) expect(await send(context)).toMatchObject({ 'cache-control': 'public', 'vary': 'Accept' })
  expect(host.usePage).toBe(usePage)
})

it('CCH-10 keeps a response private, even if other headers were or are set', async () => {
  const hooks = createHooks()
  usePage({ h3: { config: {} }, hooks }, () => {})
  const event = { headers: new Headers(), res: { headers: new Headers() }, context: { nuxtAuthjs: {} } }
  keepPrivate(event)
  keepPrivate({ ...event, context: {} })
  const response = new Response(null, { headers: { 'cache-control': 'public', 'cdn-cache-control': 'max-age=60', 'etag': 'x' } })
  await hooks.callHook('response', response, { context: event.context })
  expect(Object.fromEntries(response.headers)).toEqual({ 'cache-control': 'private, no-store', 'etag': 'x' })
  expect(event.res.headers.get('cache-control')).toBe('private, no-store')
})

describe('an error that h3 v2 did not create', () => {
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
  afterEach(() => void vi.restoreAllMocks())

  // As h3 v2 passes it to `onError`: with the status of its cause, and marked as unhandled.
  const answer = async (cause: unknown, given: object = {}): Promise<{ message: string }> => {
    const config = { onError: (error: object, _event: object) => error as { message: string } }
    const set = vi.fn()
    defineNitroPlugin(set)({ h3: { config }, hooks: createHooks() })
    expect(set).toHaveBeenCalledOnce()
    const error = new Error('all of it', { cause })
    return config.onError(Object.assign(error, { status: 503, statusText: 'Service Unavailable', unhandled: true, ...given }), {})
  }

  it('keeps the status of this module\'s error, and sends nothing else of it', async () => {
    const error = await answer(new NuxtAuthError('AUTH_R001', { step: 'extend.session' }))
    expect(error).toMatchObject({ unhandled: false, message: 'all of it' })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ status: 503, statusText: 'Service Unavailable', message: 'Service Unavailable' })
  })

  const own = new NuxtAuthError('AUTH_R001', { step: 'extend.session' }, { cause: new Error('pg://user:password@database') })
  const nest = (depth: number): unknown => depth === 0 ? own : new Error(`outer ${depth}`, { cause: nest(depth - 1) })

  it.each([0, 1, 2, 5])('never sends this module\'s message to the client, %i causes below h3 v2\'s error', async (depth) => {
    // h3 v2 sets the options of `createError` as the cause, and takes a missing message from the cause in them.
    const error = await answer({ statusCode: 503, cause: nest(depth) }, { message: own.message, unhandled: undefined })
    expect(JSON.stringify([error, error.message])).not.toMatch(/nuxt-authjs|pg:/)
    expect(error).toMatchObject({ status: 503, message: 'Service Unavailable' })
  })

  it('keeps the message of the app\'s own error', async () => {
    const error = await answer({ statusCode: 503, cause: own }, { message: 'Try again later', unhandled: undefined })
    expect([error.message, JSON.stringify(error)]).toEqual(['Try again later', expect.not.stringContaining('nuxt-authjs')])
  })

  it('logs a thrown error once', async () => {
    const log = vi.mocked(console.error)
    await answer(own, { message: own.message })
    expect(log.mock.calls).toEqual([[own.message, own.cause]])
    await answer({ cause: own }, { message: 'Service Unavailable', unhandled: undefined })
    expect(log).toHaveBeenCalledOnce()
  })

  it.each([new Error('of the app'), undefined, { name: 'Other' }])('is left unchanged if it is not this module\'s: %s', async (cause) => {
    expect(await answer(cause)).toMatchObject({ unhandled: true })
  })
})
