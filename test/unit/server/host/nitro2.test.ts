import { createApp, handleCacheHeaders, readRawBody, setCookie } from 'h3'
import { describe, expect, it, vi } from 'vitest'
import * as nitro2 from '../../../../src/runtime/server/host/nitro2'
import type { HostFunctions, SetHeaders } from '../../../../src/runtime/server/host/types'
import type { Answer } from '../../../../src/runtime/server/http/answer'
import { toEvent } from '../../event'
import { createHooks } from './hooks'

vi.mock('nitropack/runtime', () => ({ defineNitroPlugin: {}, getRouteRules: {}, useRuntimeConfig: {}, useStorage: {} }))

// Compiles only if the file has every function of a host.
const host: HostFunctions = nitro2
const { getBody, getCookieHeader, keepPrivate, respond, usePage } = nitro2

/** Sends an answer after another handler has set a cookie. */
function send(answer: Answer, own: Record<string, string> = {}) {
  const event = toEvent()
  setCookie(event, 'early', '1', {})
  const body = respond(event, answer, own)
  const { 'set-cookie': cookies, ...headers } = event.node.res.getHeaders()
  return { status: event.node.res.statusCode, headers, cookies: [cookies ?? []].flat().map(String), body }
}

async function read(event: Parameters<typeof getBody>[0]): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of await getBody(event) ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('an answer, written by h3 v1', () => {
  const cookies = [{ name: 'a', value: 'b|c', options: { path: '/' } }, { name: 'd', value: '', options: { path: '/x' } }]

  it.each([200, 302, 401, 503])('has status %i, the given headers over its own, and its cookies after earlier ones', (status) => {
    const answer = { status, headers: { 'location': '/x', 'cache-control': 'public' }, cookies, body: 'text' }
    expect(send(answer, { 'cache-control': 'private' })).toEqual({
      status,
      headers: expect.objectContaining({ 'location': '/x', 'cache-control': 'private' }),
      cookies: ['early=1; Path=/', 'a=b%7Cc; Path=/', 'd=; Path=/x'],
      body: 'text',
    })
  })

  it('is JSON unless its body is text', () => {
    for (const body of [{ a: ['ä', undefined] }, null]) {
      expect(send({ status: 200, headers: { 'content-type': 'application/json' }, body }).body).toBe(JSON.stringify(body))
    }
    expect(send({ status: 200, headers: {}, body: '' }).body).toBe('')
  })

  it('keeps its status without a body, although h3 v1 turns null into 204', () => {
    expect(send({ status: 200, headers: {} })).toMatchObject({ status: 200, body: '' })
    expect(send({ status: 302, headers: {} })).toMatchObject({ status: 302, body: null })
  })
})

it.each([['a=1; b=%7C', 'a=1; b=%7C'], [undefined, '']])('reads the Cookie header as it was sent: %s', (cookie, sent) => {
  expect(getCookieHeader(toEvent(cookie === undefined ? {} : { cookie }))).toBe(sent)
})

describe('the body of a request to h3 v1', () => {
  it('is Node\'s own stream if nothing has read it', async () => {
    const event = toEvent({}, '/', 'ä'.repeat(40_000))
    expect(await getBody(event)).toBe(event.node.req)
    expect(await read(event)).toBe('ä'.repeat(40_000))
  })

  it.each(['', 'whole', 'ä'.repeat(40_000)])('is an array if all of it has arrived: %.5s', async (text) => {
    const event = toEvent({}, '/', text)
    event.node.req.complete = true
    const [bytes, ...others] = await getBody(event) as Uint8Array[]
    expect([new TextDecoder().decode(bytes), others]).toEqual([text, []])
  })

  it('is h3\'s web stream in all other cases', async () => {
    const early = toEvent({ 'content-length': '5' }, '/', 'early')
    await readRawBody(early)
    expect(await getBody(early)).toBeInstanceOf(ReadableStream)
    const request = new Request('https://app.example', { method: 'POST', body: 'web' })
    expect(await read(Object.assign(toEvent({}, '/', ''), { web: { request } }))).toBe('web')
    const parsed = toEvent({}, '/', '')
    Object.assign(parsed.node.req, { body: 'parsed' })
    expect(await read(parsed)).toBe('parsed')
  })
})

it('usePage overrides a page\'s headers', async () => {
  const own = { 'cache-control': 'private', 'vary': 'Cookie' }
  const hooks = createHooks()
  const run = vi.fn((_page, _vary, setHeaders: SetHeaders) => setHeaders(own))
  usePage({ h3App: createApp(), hooks }, run)
  const event = toEvent({})
  event.node.res.setHeader('vary', 'Accept')
  const response = { headers: { 'cache-control': 'public', 'etag': 'x' } }
  await hooks.callHook('render:response', response, { event })
  expect(run.mock.calls).toEqual([[event, 'Accept', expect.any(Function)]])
  expect(response.headers).toEqual({ ...own, etag: 'x' })
  expect(host.usePage).toBe(usePage)
})

it('CCH-10 keeps a response private, even if other headers were or are set', () => {
  const event = toEvent()
  const { res } = event.node
  res.setHeader('CDN-Cache-Control', 'max-age=60')
  res.setHeader('expires', 'Thu, 01 Jan 2099 00:00:00 GMT')
  for (let time = 0; time < 2; time++) keepPrivate(event)
  res.setHeader('Cache-Control', 'public, s-maxage=60')
  res.appendHeader('cache-control', 'public')
  res.setHeaders(new Headers({ 'surrogate-control': 'max-age=60', 'etag': 'x' }))
  handleCacheHeaders(event, { maxAge: 60, modifiedTime: new Date() })
  setCookie(event, 'a', '1')
  res.writeHead(200, { 'vercel-cdn-cache-control': 'max-age=60', 'cache-control': 'public' })
  expect(res.getHeaders()).toMatchObject({ 'cache-control': 'private, no-store', 'etag': 'x', 'set-cookie': 'a=1; Path=/' })
  expect(res.getHeaderNames().sort()).toEqual(['cache-control', 'etag', 'last-modified', 'set-cookie'])
})
