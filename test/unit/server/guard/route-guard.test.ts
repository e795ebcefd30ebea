import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RouteRules } from '../../../../src/build/route-rules'
import { toEvent } from '../../event'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('#nuxt-authjs/host')
})
beforeEach(() => {
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
})

/** The status of an anonymous request: `undefined` passes it on to the app. */
async function getStatus(routeRules: RouteRules, path: string, { method = 'GET', signIn = '' } = {}): Promise<number | undefined> {
  // The guard keeps what it resolved once: each request meets a new one.
  vi.resetModules()
  const { setRules } = await import('../../rules-module')
  setRules(routeRules, signIn ? [signIn] : [])
  const { options } = await import('../../options-module')
  options.redirect.signIn = signIn
  const { guardRoute } = await import('../../../../src/runtime/server/guard/route-guard')
  const event = toEvent({ accept: 'application/json' }, path, method === 'POST' ? '' : undefined)
  try {
    return (await guardRoute(event, async () => {}))?.status
  }
  catch (error) {
    return (error as { statusCode: number }).statusCode
  }
}

const everything = { '/**': { auth: true } }

describe('a rule for every path', () => {
  const exempt = [
    '/api/auth/session', '/api/auth/session?x=1', '/api/auth/csrf', '/api/auth/signin', '/api/auth/signin/github', '/api/auth/callback/github?code=x', '/api/auth/signout', '/api/auth/popup.js',
    '/_nuxt/entry.abc.js', '/_nuxt/a/b.css', '/_nuxt/@id/virtual:nuxt:%2Fapp%2Fplugins.mjs', '/__nuxt_error?url=%2F',
  ]

  it.each(exempt)('leaves %s open, which signing in needs', async (path) => {
    expect(await getStatus(everything, path)).toBeUndefined()
  })

  it.each([
    '/api/AUTH/session', '/API/auth/session', '/API/AUTH/SESSION', '/api/auth/SESSION', '/API/auth/signin/x', '/api/Auth/callback/x', '/_NUXT/x', '/_Nuxt/entry.js', '/__NUXT_ERROR', '/__Nuxt_Error',
    '/%61pi/auth/session', '/api/%61uth/session', '/api/auth/%73ession', '/api%2Fauth/session', '/api/auth%2fsession', '/%2561pi/auth/session', '/_nux%74/x', '/__nuxt%5Ferror', '/%5f_nuxt_error',
    '//api/auth/session', '/api//auth/session', '/api/auth//session', '/api/auth/session/', '/api/auth/session//', '/api/./auth/session', '/x/../api/auth/session', '/api/auth/../admin', '/api/auth/signin/../../x',
    '/api/auth/session/../../admin', '/_nuxt/../api/x', '/_nuxt/%2e%2e/api/x', '/_nuxt/..%2fapi/x', '/_nuxt/..;/api/x', '/_nuxt\\..\\api\\x', '//_nuxt/x', '/_nuxt', '/_nuxt//../x',
    '/api/auth;x/session', '/api/auth;/session', '/api;x/auth/session', '/api/auth/session;x', '/_nuxt;x/entry.js', '/__nuxt_error;x', '/__nuxt_error/', '/__nuxt_error/x', '\\api\\auth\\session', '/api\\auth\\session',
    '/api/auth/session/_payload.json', '/__nuxt_error/_payload.json', '/_payload.json', '/__nuxt_island/x', '/__NUXT_ISLAND/x', '/favicon.ico', '/_ipx/x', '/__nuxt_content/x', '/.well-known/x',
    'http://app.example/api/auth/session', '//x/api/auth/session', '/api/auth/\u017Fession', '/api/auth/%C5%BFession', '/api/auth/session%00', '/api/auth/session%20', '/api/auth', '/api/auth/', '/api/auth/users', '/api/auth/signin/x/y', '/api/auth/session/x', '/api/authx/session',
  ])('GRD-22 never leaves %s open: an exempt path is exempt in its exact spelling only', async (path) => {
    expect(await getStatus(everything, path)).toBe(401)
    expect(await getStatus(everything, path, { method: 'POST' })).toBe(401)
  })

  it('GRD-22 exempts below the base path of the app in its exact spelling only', async () => {
    vi.doMock('#nuxt-authjs/host', async load => ({ ...await load<object>(), useRuntimeConfig: () => ({ app: { baseURL: '/shop/', buildAssetsDir: '/_nuxt/' }, auth: {} }) }))
    for (const path of ['/shop/api/auth/session', '/shop/_nuxt/x.js']) expect(await getStatus(everything, path), path).toBeUndefined()
    for (const path of ['/SHOP/api/auth/session', '/api/auth/session', '/shop/shop/api/auth/session', '/%73hop/api/auth/session', '/shop//api/auth/session', '/shop/../api/auth/session', '/shop/api/AUTH/session', '/_nuxt/x.js'])
      expect(await getStatus(everything, path), path).toBe(401)
  })
})

describe('a route rule that opens a path below a closed one', () => {
  const opened = { '/api/**': { auth: true }, '/api/open': { auth: false }, '/api/open/**': { auth: false }, '/Mixed': { auth: false }, '/**': { auth: true } }

  it.each(['/api/open', '/api/open/x', '/api/open?x', '/Mixed'])('opens %s', async path => expect(await getStatus(opened, path)).toBeUndefined())

  it.each(['/api/OPEN', '/API/open', '/api/Open/x', '/api/%6fpen', '/api/open;x', '/api//open', '/mixed', '/MIXED'])('GRD-22 never opens %s: a handler that takes the path as it is written is another one', async (path) => {
    expect(await getStatus(opened, path)).toBe(401)
  })
})

describe('a rule that the app writes on a path that signing in needs', () => {
  it.each([
    [{ '/_nuxt/**': { auth: true } }, '/_nuxt/entry.js'], [{ '/_NUXT/**': { auth: true } }, '/_nuxt/entry.js'], [{ '/_nuxt/admin.js': { auth: true } }, '/_nuxt/admin.js'],
    [{ '/api/auth/providers': { auth: true } }, '/api/auth/providers'], [{ '/api/auth/signin/:provider': { auth: true } }, '/api/auth/signin/github'], [{ '/__nuxt_error': { auth: true } }, '/__nuxt_error'],
  ])('GRD-23 %j decides over the exemption', async (routeRules, path) => {
    expect(await getStatus(routeRules, path)).toBe(401)
    expect(await getStatus({ ...everything, ...routeRules }, path)).toBe(401)
    expect(await getStatus({ ...everything, ...routeRules }, '/api/auth/session')).toBeUndefined()
  })

  it('GRD-23 leaves the exemption to a wider pattern', async () => {
    for (const pattern of ['/**', '/api/**', '/api/*/session', '/:x/auth/session']) expect(await getStatus({ [pattern]: { auth: true } }, '/api/auth/session'), pattern).toBeUndefined()
  })
})

describe('the sign-in page', () => {
  const signIn = '/Login'

  it('GRD-22 is open as it is configured, and in no other spelling', async () => {
    expect(await getStatus(everything, '/Login?callbackUrl=%2F', { signIn })).toBeUndefined()
    for (const path of ['/LOGIN', '/login', '/Login/', '//Login', '/%4Cogin', '/Login;x', '/Login/_payload.json']) expect(await getStatus(everything, path, { signIn }), path).toBe(401)
  })
})
