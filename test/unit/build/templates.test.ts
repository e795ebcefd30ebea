import { pathToFileURL } from 'node:url'
import { readRawBody, setCookie } from 'h3'
import { describe, expect, it, vi } from 'vitest'
import { resolveOptions } from '../../../src/build/options'
import type { Answer } from '../../../src/runtime/server/http/answer'
import { renderHost } from '../../../src/build/host'
import { NuxtAuthError } from '../../../src/runtime/shared/errors'
import { renderOptions } from '../../../src/build/templates'
import { toEvent } from '../event'

const load = async (source: string) => await import(`data:text/javascript,${encodeURIComponent(source)}`) as Record<string, unknown>

describe('the options', () => {
  it('reach server and app as they are, without the definition\'s place', async () => {
    const { definition: _, ...options } = resolveOptions({ basePath: '/auth', protect: { match: { user: { name: '"\u2028' } } } })
    const module = await load(renderOptions({ ...options, definition: 'server/auth' } as never))
    expect(module.options).toEqual(options)
  })
})

/** A function of a host, with h3's own where they are installed, and nothing of Nitro. */
async function loadHost<Name extends keyof Host>(version: number, name: Name, h3 = pathToFileURL(require.resolve('h3')).href): Promise<Host[Name]> {
  const source = renderHost(version).replace(/^export \{[^}]*\} from .*$/gm, '').replace('\'h3\'', JSON.stringify(h3))
  return (await load(source) as unknown as Host)[name]
}

interface Host {
  getCookieHeader: (event: object) => string
  respond: (event: object, answer: Answer, own: Record<string, string>) => unknown
  getBody: (event: object) => Promise<AsyncIterable<Uint8Array> | Uint8Array[]>
  defineNitroPlugin: (plugin: (nitro: object) => void) => (nitro: object) => void
  usePage: (nitro: object, run: (page: object, vary: unknown, setHeaders: (headers: Record<string, string>) => void) => unknown) => void
}

interface Sent { status: number, headers: Record<string, string>, cookies: string[], body: unknown }
/** Sends an answer to a visitor who has a cookie set by something else already. */
async function sendWithV1(answer: Answer, own: Record<string, string> = {}): Promise<Sent> {
  const respond = await loadHost(2, 'respond')
  const event = toEvent()
  setCookie(event, 'early', '1', {})
  const body = respond(event, answer, own)
  const { 'set-cookie': cookies, ...headers } = event.node.res.getHeaders()
  return { status: event.node.res.statusCode, headers: headers as Record<string, string>, cookies: [cookies ?? []].flat().map(String), body }
}

async function sendWithV2(answer: Answer, own: Record<string, string> = {}, method = 'GET'): Promise<Sent> {
  // As h3 v2 does it: on the event, of which it leaves out everything where the status is that of an error.
  const respond = await loadHost(3, 'respond', `data:text/javascript,${encodeURIComponent('export const setCookie = (event, name, value, { path }) => event.res.headers.append("set-cookie", `${name}=${encodeURIComponent(value)}; Path=${path}`)')}`)
  const event = { req: { method }, res: { headers: new Headers({ 'set-cookie': 'early=1; Path=/' }) } }
  const response = respond(event, answer, own) as Response
  expect(event.res.headers.getSetCookie()).toEqual([])
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'))
  return { status: response.status, headers, cookies: response.headers.getSetCookie(), body: response.body && await response.text() }
}

describe.each([['h3 v1', sendWithV1], ['h3 v2', sendWithV2]])('an answer, written by %s', (_, send) => {
  const cookies = [{ name: 'a', value: 'b|c', options: { path: '/' } }, { name: 'd', value: '', options: { path: '/x' } }]

  it.each([200, 302, 401, 503])('has its status %i, its headers below the handler\'s own, and its cookies after those that are set', async (status) => {
    expect(await send({ status, headers: { 'location': '/x', 'cache-control': 'public' }, cookies, body: 'text' }, { 'cache-control': 'private' })).toEqual({
      status, headers: expect.objectContaining({ 'location': '/x', 'cache-control': 'private' }), cookies: ['early=1; Path=/', 'a=b%7Cc; Path=/', 'd=; Path=/x'], body: 'text',
    })
  })

  it('is JSON where it is no text', async () => {
    for (const body of [{ a: ['ä', undefined] }, null]) expect((await send({ status: 200, headers: { 'content-type': 'application/json' }, body })).body).toBe(JSON.stringify(body))
    expect((await send({ status: 200, headers: {}, body: '' })).body).toBe('')
  })
})

describe('an answer without a body', () => {
  it('keeps its status, also with h3 v1, which takes null for 204', async () => {
    expect(await sendWithV1({ status: 200, headers: {} })).toMatchObject({ status: 200, body: '' })
    expect(await sendWithV1({ status: 302, headers: {} })).toMatchObject({ status: 302, body: null })
    for (const status of [200, 302]) expect(await sendWithV2({ status, headers: {} })).toMatchObject({ status, body: null })
  })

  it('is what HEAD gets', async () => {
    expect(await sendWithV2({ status: 200, headers: { 'content-type': 'text/css' }, body: 'x' }, {}, 'HEAD')).toMatchObject({ status: 200, headers: { 'content-type': 'text/css' }, body: null })
  })
})

describe('the cookies of a request, as they were sent', () => {
  it.each([['a=1; b=%7C', 'a=1; b=%7C'], [undefined, '']])('%s', async (cookie, sent) => {
    const headers: Record<string, string> = cookie === undefined ? {} : { cookie }
    expect((await loadHost(2, 'getCookieHeader'))(toEvent(headers))).toBe(sent)
    const getCookieHeader = await loadHost(3, 'getCookieHeader')
    expect(getCookieHeader({ req: new Request('https://app.example', { headers }) })).toBe(sent)
    // A WebSocket's request has no `req`.
    expect(getCookieHeader({ headers: new Headers(headers) })).toBe(sent)
  })
})

describe('the body of a request to h3 v1', () => {
  const read = async (event: object) => {
    const getBody = await loadHost(2, 'getBody')
    const chunks: Uint8Array[] = []
    for await (const chunk of await getBody(event)) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }

  it('is Node\'s own stream, as long as nobody reads it', async () => {
    const event = toEvent({}, '/', 'ä'.repeat(40_000))
    expect(await (await loadHost(2, 'getBody'))(event)).toBe(event.node.req)
    expect(await read(event)).toBe('ä'.repeat(40_000))
  })

  it.each(['', 'whole', 'ä'.repeat(40_000)])('is there at once where all of it has come: %.5s', async (text) => {
    const event = toEvent({}, '/', text)
    event.node.req.complete = true
    const [bytes, ...others] = await (await loadHost(2, 'getBody'))(event) as Uint8Array[]
    expect([new TextDecoder().decode(bytes), others]).toEqual([text, []])
  })

  it('is what h3 knows of it everywhere else', async () => {
    const early = toEvent({ 'content-length': '5' }, '/', 'early')
    await readRawBody(early)
    expect(await (await loadHost(2, 'getBody'))(early)).toBeInstanceOf(ReadableStream)
    expect(await read(Object.assign(toEvent({}, '/', ''), { web: { request: new Request('https://app.example', { method: 'POST', body: 'web' }) } }))).toBe('web')
    const parsed = toEvent({}, '/', '')
    Object.assign(parsed.node.req, { body: 'parsed' })
    expect(await read(parsed)).toBe('parsed')
  })
})

describe('a page, before it is sent', () => {
  const own = { 'cache-control': 'private', 'vary': 'Cookie' }
  type Hook = (...args: unknown[]) => unknown
  const createHooks = () => {
    const all: Record<string, Hook> = {}
    return { hook: (name: string, run: Hook) => void (all[name] = run), callHook: async (name: string, ...args: unknown[]) => await all[name]!(...args) }
  }

  it('has the last word on its headers with Nitro 2', async () => {
    const hooks = createHooks()
    const run = vi.fn((_page, _vary, setHeaders) => setHeaders(own));
    (await loadHost(2, 'usePage'))({ hooks }, run)
    const event = toEvent({})
    event.node.res.setHeader('vary', 'Accept')
    const response = { headers: { 'cache-control': 'public', 'etag': 'x' } }
    await hooks.callHook('render:response', response, { event })
    expect(run.mock.calls).toEqual([[event, 'Accept', expect.any(Function)]])
    expect(response.headers).toEqual({ ...own, etag: 'x' })
  })

  it('has it with Nitro 3, which renders with another event; what is no page keeps its own', async () => {
    const hooks = createHooks()
    const run = vi.fn((_page, _vary, setHeaders) => setHeaders(own));
    (await loadHost(3, 'usePage'))({ hooks }, run)
    const send = async (context: object) => {
      const response = new Response(null, { headers: { 'cache-control': 'public', 'etag': 'x', 'vary': 'Accept' } })
      await hooks.callHook('response', response, { context })
      return Object.fromEntries(response.headers)
    }
    const page = {}
    expect(await send({ nuxtAuthjs: { page } })).toEqual({ ...own, etag: 'x' })
    expect(run.mock.calls).toEqual([[page, 'Accept', expect.any(Function)]])
    for (const context of [{}, { nuxtAuthjs: {} }]) expect(await send(context)).toMatchObject({ 'cache-control': 'public', 'vary': 'Accept' })
  })
})

describe('an error that h3 v2 does not know', () => {
  // As h3 v2 hands it on: with the status of what it wraps, and not to be told.
  const answer = async (cause: unknown) => {
    const config = { onError: (error: object, _event: object) => error }
    const set = vi.fn();
    (await loadHost(3, 'defineNitroPlugin'))(set)({ h3: { config } })
    expect(set).toHaveBeenCalledOnce()
    return config.onError(Object.assign(new Error('all of it', { cause }), { status: 503, statusText: 'Service Unavailable', unhandled: true }), {})
  }

  it('keeps its status where it is ours, and tells nothing else', async () => {
    const error = await answer(new NuxtAuthError('AUTH_R001', { step: 'extend.session' }))
    expect(error).toMatchObject({ unhandled: false, message: 'all of it' })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ status: 503, statusText: 'Service Unavailable', message: 'Service Unavailable' })
  })

  it.each([new Error('of the app'), undefined, { name: 'Other' }])('is as it was where it is not: %s', async (cause) => {
    expect(await answer(cause)).toMatchObject({ unhandled: true })
  })
})
