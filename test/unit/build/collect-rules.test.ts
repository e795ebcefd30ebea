import { beforeEach, describe, expect, it, vi } from 'vitest'
import { collectRules } from '../../../src/build/collect-rules'
import { resolveOptions } from '../../../src/build/options'
import { denyAll } from '../../../src/build/route-rules'
import type { RouteRules } from '../../../src/build/route-rules'

const logger = vi.hoisted(() => ({ warn: vi.fn(), error: vi.fn() }))
vi.mock('@nuxt/kit', () => ({ useLogger: () => logger, getNitroVersion: () => 2 }))

beforeEach(() => void vi.clearAllMocks())

type Hook = (...parameters: unknown[]) => void

/** Records hooks; `callHook` runs those of one name. */
function createHooks() {
  const hooks = new Map<string, Hook[]>()
  const hook = (name: string, run: Hook) => void hooks.set(name, [...hooks.get(name) ?? [], run])
  const callHook: (name: string, ...parameters: unknown[]) => void = (name, ...parameters) => {
    for (const run of hooks.get(name) ?? []) run(...parameters)
  }
  return { hook, callHook }
}

interface AppSettings { dev?: boolean, routeRules?: RouteRules, nitroRules?: RouteRules }

/** A Nuxt app whose modules have added `nitroRules` by the time that Nitro starts. */
function createApp({ dev = false, routeRules = {}, nitroRules = routeRules }: AppSettings = {}) {
  const { hook, callHook } = createHooks()
  const nitroHooks = createHooks()
  const experimental: { extraPageMetaExtractionKeys?: string[] } = { extraPageMetaExtractionKeys: ['own'] }
  const nuxt = { options: { dev, routeRules, experimental }, hook }
  const rules = collectRules(nuxt as never, resolveOptions({ redirect: { signIn: '/login' } }))
  const startNitro = () => callHook('nitro:init', { options: { routeRules: nitroRules }, hooks: nitroHooks })
  return { rules, callHook, startNitro, bundle: nitroHooks.callHook, experimental }
}

const toPatterns = (rules: { getRules: () => { pattern: string }[] }) => rules.getRules().map(({ pattern }) => pattern)

describe('the rules of an app', () => {
  it('include the rules that other modules add before Nitro starts', () => {
    const nitroRules = { '/b': { auth: true } }
    const { rules, startNitro } = createApp({ routeRules: { '/a': { auth: true } }, nitroRules })
    expect(toPatterns(rules)).toEqual(['/a'])
    startNitro()
    expect(toPatterns(rules).sort()).toEqual(['/a', '/b'])
  })

  it('never leave a path open if one of them is invalid, and fail the build with AUTH_M005', () => {
    const { rules, startNitro } = createApp({ routeRules: { '/a': { auth: 'yes' } } })
    expect(rules.getRules()).toEqual(denyAll())
    expect(startNitro).toThrow('AUTH_M005')
  })

  it('fail the build with AUTH_M009 if they close the routes of Auth.js or the sign-in page', () => {
    expect(createApp({ routeRules: { '/api/auth/**': { auth: true } } }).startNitro).toThrow('AUTH_M009')
    expect(createApp({ routeRules: { '/login': { auth: true } } }).startNitro).toThrow('AUTH_M009')
  })

  it('fail the build if a module adds an invalid one after Nitro has started', () => {
    const nitroRules: RouteRules = {}
    const { startNitro, callHook } = createApp({ nitroRules })
    startNitro()
    nitroRules['/late'] = { auth: 'yes' }
    expect(() => callHook('nitro:build:before')).toThrow('AUTH_M005')
  })

  it('never reach the runtime config of the server', () => {
    const { startNitro, bundle } = createApp()
    startNitro()
    const options = { routeRules: { '/a': { auth: true, swr: 60 } }, runtimeConfig: { nitro: {} } }
    bundle('rollup:before', { options })
    expect(options.runtimeConfig.nitro).toEqual({ routeRules: { '/a': { swr: 60 } } })
  })

  it('warn with AUTH_M006 once for each cached pattern that is guarded, by a rule or by its page', () => {
    const { callHook, startNitro } = createApp({
      routeRules: { '/a': { auth: true, swr: 60 }, '/page': { swr: 60 }, '/open': { swr: 60 } },
    })
    callHook('pages:resolved', [{ path: '/page', meta: { auth: true } }, { path: '/open' }])
    startNitro()
    callHook('nitro:build:before')
    expect(logger.warn.mock.calls).toEqual(['/a', '/page'].map(path => [expect.stringMatching(`AUTH_M006.*${path}`)]))
  })
})

describe('the pages of an app', () => {
  const invalid = [{ path: '/x', file: 'pages/x.vue', meta: { auth: 'Guest' } }]

  it('fail the build with AUTH_M011 for an invalid rule', () => {
    const { callHook } = createApp()
    callHook('pages:resolved', invalid)
    expect(() => callHook('build:before')).toThrow('AUTH_M011')
  })

  it('never stop the development server, which logs the error', () => {
    const { callHook } = createApp({ dev: true })
    callHook('pages:resolved', invalid)
    callHook('build:before')
    expect(logger.error.mock.calls).toEqual([[expect.stringContaining('AUTH_M011')]])
  })

  it('supply the paths of the sign-in page and the translated pages', () => {
    const { rules, callHook } = createApp()
    expect(rules.getSignInPaths()).toEqual(['/login'])
    const german = { name: 'login___de', path: '/de/anmelden' }
    callHook('pages:resolved', [{ name: 'index', path: '/' }, german])
    expect(rules.getSignInPaths()).toEqual(['/login', '/de/anmelden'])
    expect(rules.getTranslatedPages()).toEqual([german])
  })

  it('have their `auth` extracted along with the keys that the app names', () => {
    expect(createApp().experimental.extraPageMetaExtractionKeys).toEqual(['own', 'auth'])
  })
})
