import { describe, expect, it } from 'vitest'
import { resolveEnvironment } from '../../../../src/runtime/server/config/environment'
import { getRequestParts, isCrossSite, readFields, resolveOrigin } from '../../../../src/runtime/server/http/request'
import { toEvent } from '../../event'

const origin = 'https://app.example'

const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => {
  const event = toEvent(headers, '/', body)
  return readFields(event, getRequestParts(event))
}

describe('resolveOrigin', () => {
  const evil = { 'host': 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', 'forwarded': 'host=evil.example', 'x-host': 'evil.example' }

  it('never reads the request if AUTH_URL is set', () => {
    expect(resolveOrigin(toEvent(evil), resolveEnvironment({ AUTH_URL: origin, AUTH_TRUST_HOST: 'true' }, {}), true)).toBe(origin)
  })

  it('throws AUTH_S003 in production instead of guessing', () => {
    expect(() => resolveOrigin(toEvent(evil), resolveEnvironment({}, {}), false)).toThrow('AUTH_S003')
  })

  it('uses forwarding headers if the host is trusted', () => {
    const trusted = resolveEnvironment({ AUTH_TRUST_HOST: 'true' }, {})
    expect(resolveOrigin(toEvent({ 'host': 'internal:3000', 'x-forwarded-host': 'app.example', 'x-forwarded-proto': 'https' }), trusted, false)).toBe(origin)
    expect(resolveOrigin(toEvent({ host: 'app.example:8080' }), resolveEnvironment({}, {}), true)).toBe('http://app.example:8080')
  })

  it.each(['localhost/public?x=', 'x#', 'x@y', 'a b', 'x/y', 'user:pw@host', '[', 'x\\y'])('GRD-09 never accepts the host %j: it throws AUTH_R002', (host) => {
    expect(() => resolveOrigin(toEvent({ host }), resolveEnvironment({ AUTH_TRUST_HOST: 'true' }, {}), false)).toThrow('AUTH_R002')
  })
})

describe('isCrossSite', () => {
  const from = (headers: Record<string, string>) => isCrossSite({ method: 'POST', path: '/', headers: new Headers(headers) }, origin)

  it.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'https://app.example.evil.example' }, { origin: 'http://app.example' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'origin': 'https://evil.example', 'sec-fetch-site': 'same-origin' }])('CSRF-03 is true for %j', (headers) => {
    expect(from(headers as unknown as Record<string, string>)).toBe(true)
  })

  it.each([{ origin }, {}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])('is false for %j', (headers) => {
    expect(from(headers as unknown as Record<string, string>)).toBe(false)
  })
})

describe('readFields', () => {
  it('reads a JSON object and a form', async () => {
    expect(await post('{"a":1}')).toEqual({ a: 1 })
    expect(await post('a=1&b=%C3%BC', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' })).toEqual({ a: '1', b: 'ü' })
  })

  it.each(['{bad', 'null', '[]', '1', '"x"', ''])('INP-01 refuses %s with 400', async body => expect(await post(body)).toBe(400))

  it.each(['csrfToken=a&csrfToken=b', 'code=a&code=b', 'state=a&x=1&state=a', 'a=1&%61=2', '=&=', '__proto__=a&__proto__=b'])('INP-01 refuses the form %s with 400', async (body) => {
    expect(await post(body, { 'content-type': 'application/x-www-form-urlencoded' })).toBe(400)
  })

  it.each(['text/plain', 'text/plain; application/json', 'application/jsonx', 'multipart/form-data', ''])('refuses the type %j with 415', async (type) => {
    expect(await post('{}', { 'content-type': type })).toBe(415)
  })

  it('INP-02 never reads on in a body larger than 64 kB, with or without a content length: 413', async () => {
    const large = JSON.stringify({ a: 'x'.repeat(1_000_000) })
    expect(await post(large)).toBe(413)
    expect(await post('{}', { 'content-type': 'application/json', 'content-length': '70000' })).toBe(413)
  })
})

describe('a host with the default port of its scheme', () => {
  it('is the same origin', () => {
    const trusted = resolveEnvironment({ AUTH_TRUST_HOST: 'true' }, {})
    expect(resolveOrigin(toEvent({ host: 'App.example:80' }), trusted, false)).toBe('http://app.example')
    expect(resolveOrigin(toEvent({ 'host': 'x', 'x-forwarded-host': 'app.example:443', 'x-forwarded-proto': 'https' }), trusted, false)).toBe('https://app.example')
    expect(resolveOrigin(toEvent({ host: 'app.example:443' }), trusted, false)).toBe('http://app.example:443')
  })
})
