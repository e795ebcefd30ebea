import { CallbackRouteError, InvalidCheck, OAuthAccountNotLinked, OAuthCallbackError, OAuthProfileParseError } from '@auth/core/errors'
import { describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../../../src/runtime/server/http/answer'
import { resolveCookies } from '../../../../src/runtime/server/config/cookies'
import { clearFlowCookies, logFlowError, resolveFlowError, toFlowQuery, toRedirect } from '../../../../src/runtime/server/authjs/flow'
import { decideFailure, toFailed } from '../../../../src/runtime/server/authjs/outcome'
import { ProviderFault } from '../../../../src/runtime/server/providers/fetch'
import { toEvent } from '../../event'

const wrap = (error: Error) => new CallbackRouteError(error as never)
const unparsed = (error: Error) => new OAuthProfileParseError(error as never)
const signal = new AbortController().signal
const origin = 'https://app.example'
const config = { origin, basePath: '/api/auth', cookies: resolveCookies(undefined, true), useSecureCookies: true } as never
const named = (name: string, more: object = {}) => Object.assign(new Error('x'), { name, ...more })
const at = (location: string, cookies: string[] = []): Answer => ({ status: 302, headers: { location }, cookies: cookies.map(name => ({ name, value: '', options: { maxAge: 0 } })), redirect: location })

describe('resolveFlowError', () => {
  it.each<[string, Error, string | undefined, unknown]>([
    ['a fault of the provider', wrap(new ProviderFault('Unavailable', 'x')), 'Unavailable', undefined],
    ['a fault before the visitor is sent there', new ProviderFault('Configuration', 'x'), 'Configuration', undefined],
    ['a fault while the profile is read', unparsed(new ProviderFault('Unavailable', 'x')), 'Unavailable', undefined],
    ['a profile that could not be read', unparsed(new TypeError('x')), undefined, undefined],
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

describe('the end of a flow', () => {
  const run = (answer: Answer, flow: { error?: Error } = {}, more: object = {}) => {
    const all = { ...config as object, ...more } as never
    const happened = { config: all, action: { name: 'signin', provider: 'x' }, isFlow: true, hasFailed: flow.error !== undefined, flow: { signal, isDev: false, ...flow }, callbacks: {}, refusal: {} }
    const failure = decideFailure(happened, answer)
    return failure ? toFailed(failure, answer, all) : answer
  }

  it('leaves a sign-in as it is', () => {
    const answer = at('/?back')
    expect(run(answer)).toBe(answer)
  })

  it('leads a failed one to the page that says so: the app\'s where it has one', () => {
    const error = wrap(new ProviderFault('Unavailable', 'x'))
    expect(run(at('/api/auth/error?error=Configuration'), { error }).redirect).toBe(`${origin}/api/auth/signin?error=Unavailable`)
    expect(run(at('/x'), { error }, { pages: { signIn: '/login?from=x', error: '/oops' } }).redirect).toBe(`${origin}/login?from=x&error=Unavailable`)
    const misconfigured = { error: new ProviderFault('Configuration', 'x') }
    expect(run(at('/x'), misconfigured, { pages: { signIn: '/login', error: '/oops' } }).redirect).toBe(`${origin}/oops?error=Configuration`)
    expect(run(at('/x'), misconfigured).redirect).toBe(`${origin}/api/auth/error?error=Configuration`)
  })

  it('says when to come back after an outage, and only then', () => {
    expect(run(at('/x'), { error: new ProviderFault('Unavailable', 'x') }).headers['retry-after']).toBe('5')
    expect(run(at('/x'), { error: new ProviderFault('Configuration', 'x') }).headers['retry-after']).toBeUndefined()
  })

  it('clears what the browser still has of the flow, and nothing twice', () => {
    const event = toEvent({ cookie: '__Secure-authjs.state=a; mine=b; __Secure-authjs.nonce=c; other=d' })
    const more = { cookies: resolveCookies({ state: {}, nonce: {}, pkceCodeVerifier: { name: 'mine', options: { domain: 'app.example', path: '/x' } } }, true) }
    clearFlowCookies(event, { ...config as object, ...more } as never, at('/', ['__Secure-authjs.nonce']))
    expect(event.node.res.getHeader('set-cookie')).toEqual(['__Secure-authjs.state=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax', 'mine=; Max-Age=0; Domain=app.example; Path=/x; HttpOnly; Secure; SameSite=Lax'])
  })

  it('never sends a visitor to an address without encryption', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const target of ['http://id.example/authorize', 'javascript:alert(1)', 'data:text/html,x']) expect(run(at(target)).redirect).toBe(`${origin}/api/auth/error?error=Configuration`)
    for (const target of ['https://id.example/authorize', 'http://127.0.0.1:8080/authorize', '/']) expect(run(at(target)).redirect).toBe(target)
    expect(log).toHaveBeenCalledTimes(3)
  })
})

describe('toRedirect', () => {
  it('leads elsewhere, and keeps the cookies', () => {
    const { cookies } = at('/x', ['a', 'c'])
    expect(toRedirect(at('/x', ['a', 'c']), `${origin}/y`, { 'retry-after': '5' })).toEqual({ status: 302, headers: { 'location': `${origin}/y`, 'retry-after': '5' }, cookies, redirect: `${origin}/y` })
  })
})

it('filters the query of each step by its own rule', () => {
  expect(String(toFlowQuery({ name: 'signin', provider: 'x' }, new URLSearchParams('?state=a&hd=b'), undefined))).toBe('hd=b')
  expect(String(toFlowQuery({ name: 'signin', provider: 'x' }, new URLSearchParams('?state=a'), undefined))).toBe('')
  expect(String(toFlowQuery({ name: 'callback', provider: 'x' }, new URLSearchParams('?state=a&code=b&code=c'), undefined))).toBe('state=a')
  expect(String(toFlowQuery({ name: 'error', provider: undefined }, new URLSearchParams('?error=a&error=b'), undefined))).toBe('error=a&error=b')
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
