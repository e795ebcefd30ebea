import { CallbackRouteError, InvalidCheck, OAuthAccountNotLinked, OAuthCallbackError, OAuthProfileParseError } from '@auth/core/errors'
import { describe, expect, it, vi } from 'vitest'
import { finishFlow, logFlowError, readTarget, resolveFlowError, toFlowSearch, toRedirect } from '../../src/runtime/server/flow'
import { ProviderFault } from '../../src/runtime/server/provider-fetch'
import { toEvent } from './event'

const wrap = (error: Error) => new CallbackRouteError(error as never)
const unparsed = (error: Error) => new OAuthProfileParseError(error as never)
const signal = new AbortController().signal
const origin = 'https://app.example'
const config = { origin, basePath: '/api/auth', cookies: {}, useSecureCookies: true } as never
const named = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more })
const at = (location: string, cookies: string[] = []) => new Response(null, { status: 302, headers: [['location', location], ...cookies.map((cookie): [string, string] => ['set-cookie', cookie])] })

describe('resolveFlowError', () => {
  it.each<[string, Error, string | undefined, unknown]>([
    ['a fault of the provider', wrap(new ProviderFault('Unavailable', 'x')), 'Unavailable', undefined],
    ['a fault before the visitor is sent there', new ProviderFault('Configuration', 'x'), 'Configuration', undefined],
    ['a fault while the profile is read', unparsed(new ProviderFault('Unavailable', 'x')), 'Unavailable', undefined],
    ['a profile that could not be read', unparsed(new TypeError('x')), 'Configuration', undefined],
    ['a cookie that is missing', new InvalidCheck('x'), 'OAuthCallbackError', undefined],
    ['a claim that is wrong', wrap(named('OperationProcessingError', { code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' })), 'OAuthCallbackError', undefined],
    ['another issuer in discovery', wrap(named('OperationProcessingError', { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' })), 'Configuration', undefined],
    ['a visitor who refused', new OAuthCallbackError('x'), 'AccessDenied', 'access_denied'],
    ['a provider that is too busy', new OAuthCallbackError('x'), 'Unavailable', 'temporarily_unavailable'],
    ['anything else that a provider answers', new OAuthCallbackError('x'), 'OAuthCallbackError', '__proto__'],
    ['a database of the app', wrap(new TypeError('database')), undefined, undefined],
    ['an account that is not linked', new OAuthAccountNotLinked('x'), undefined, undefined],
  ])('names %s', (_, error, name, answered) => expect(resolveFlowError(error, answered)).toBe(name))
})

describe('finishFlow', () => {
  const run = (response: Response, flow: object = {}, more: object = {}, cookie = '') =>
    finishFlow({ event: toEvent({ cookie }), config: { ...config as object, ...more } as never, action: { name: 'callback', provider: 'x' }, flow: { signal, isDev: false, ...flow } }, response)

  it('leaves a sign-in as it is', async () => {
    const response = at('/?back')
    expect(await run(response)).toBe(response)
  })

  it('leads a failed one to the page that says so: the app\'s where it has one', async () => {
    const error = wrap(new ProviderFault('Unavailable', 'x'))
    expect(await readTarget(await run(at('/api/auth/error?error=Configuration'), { error }))).toBe(`${origin}/api/auth/signin?error=Unavailable`)
    expect(await readTarget(await run(at('/x'), { error }, { pages: { signIn: '/login?from=x', error: '/oops' } }))).toBe(`${origin}/login?from=x&error=Unavailable`)
    const misconfigured = { error: new ProviderFault('Configuration', 'x') }
    expect(await readTarget(await run(at('/x'), misconfigured, { pages: { signIn: '/login', error: '/oops' } }))).toBe(`${origin}/oops?error=Configuration`)
    expect(await readTarget(await run(at('/x'), misconfigured))).toBe(`${origin}/api/auth/error?error=Configuration`)
  })

  it('says when to come back after an outage, and only then', async () => {
    expect((await run(at('/x'), { error: new ProviderFault('Unavailable', 'x') })).headers.get('retry-after')).toBe('5')
    expect((await run(at('/x'), { error: new ProviderFault('Configuration', 'x') })).headers.get('retry-after')).toBeNull()
  })

  it('clears what the browser still has of the flow, and nothing twice', async () => {
    const event = toEvent({ cookie: '__Secure-authjs.state=a; mine=b; __Secure-authjs.nonce=c; other=d' })
    const more = { cookies: { pkceCodeVerifier: { name: 'mine', options: { domain: 'app.example', path: '/x' } } } }
    await finishFlow({ event, config: { ...config as object, ...more } as never, action: { name: 'callback', provider: 'x' }, flow: { signal, isDev: false } }, at('/', ['__Secure-authjs.nonce=; Max-Age=0']))
    expect(event.node.res.getHeader('set-cookie')).toEqual(['__Secure-authjs.state=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax', 'mine=; Max-Age=0; Domain=app.example; Path=/x; HttpOnly; Secure; SameSite=Lax'])
  })

  it('never sends a visitor to an address without encryption', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const target of ['http://id.example/authorize', 'javascript:alert(1)', 'data:text/html,x']) expect(await readTarget(await run(at(target)))).toBe(`${origin}/api/auth/error?error=Configuration`)
    for (const target of ['https://id.example/authorize', 'http://127.0.0.1:8080/authorize', '/']) expect(await readTarget(await run(at(target)))).toBe(target)
    expect(log).toHaveBeenCalledTimes(3)
  })
})

describe('toRedirect', () => {
  it('keeps JSON for scripts, and cookies for both', async () => {
    const json = toRedirect(Response.json({ url: '/x' }, { headers: { 'set-cookie': 'a=b' } }), `${origin}/y`)
    expect([json.status, await readTarget(json), json.headers.getSetCookie()]).toEqual([200, `${origin}/y`, ['a=b']])
    expect(await json.json()).toEqual({ url: `${origin}/y` })
    expect(toRedirect(at('/x', ['a=b', 'c=d']), `${origin}/y`).headers.getSetCookie()).toEqual(['a=b', 'c=d'])
  })
})

it('filters the query of each step by its own rule', () => {
  expect(toFlowSearch({ name: 'signin', provider: 'x' }, '?state=a&hd=b', undefined)).toBe('?hd=b')
  expect(toFlowSearch({ name: 'signin', provider: 'x' }, '?state=a', undefined)).toBe('')
  expect(toFlowSearch({ name: 'callback', provider: 'x' }, '?state=a&code=b&code=c', undefined)).toBe('?state=a')
  expect(toFlowSearch({ name: 'error', provider: undefined }, '?error=a&error=b', undefined)).toBe('?error=a&error=b')
})

describe('logFlowError', () => {
  it('LOG-02 writes one line, without a token, and leaves other errors to others', () => {
    const lines: unknown[][] = []
    for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation((...line) => void lines.push([level, ...line]))
    const flow = { signal, isDev: false }
    expect(logFlowError(wrap(named('OperationProcessingError', { message: 'unexpected "nonce"', cause: { claims: 'CANARY' } })), flow)).toBe(true)
    expect(logFlowError(wrap(new ProviderFault('Unavailable', 'https://id.example/token could not be reached', { cause: new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }) })), flow)).toBe(true)
    expect(logFlowError(wrap(new Error('database')), flow)).toBe(false)
    expect(lines).toEqual([
      ['warn', '[nuxt-authjs] sign-in failed: OAuthCallbackError: unexpected "nonce"'],
      ['error', '[nuxt-authjs] sign-in failed: Unavailable: https://id.example/token could not be reached (connect ECONNREFUSED)'],
    ])
  })
})
