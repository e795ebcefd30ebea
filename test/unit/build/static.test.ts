import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createHooks } from 'hookable'
import { join } from 'pathe'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { compileRules } from '../../../src/build/route-rules'
import {
  checkStaticFiles, describeSkipped, findGuardedFiles, isServedByHost, listPublicFiles, skipRefusedRoutes,
} from '../../../src/build/static'
import { leftOut } from '../../../src/runtime/shared/access'

const warn = vi.hoisted(() => vi.fn())
vi.mock('@nuxt/kit', () => ({ useLogger: () => ({ warn }), getNitroVersion: () => 2 }))
beforeEach(() => void warn.mockReset())

const root = mkdtempSync(join(tmpdir(), 'static-'))
afterAll(() => rmSync(root, { recursive: true }))
mkdirSync(join(root, 'files/a'), { recursive: true })
writeFileSync(join(root, 'files/a/b.txt'), '')
writeFileSync(join(root, 'open.txt'), '')

describe('checkStaticFiles', () => {
  async function check(preset: string, dev = false): Promise<unknown[]> {
    const hooks = createHooks()
    const nuxt = { options: { dev, app: { buildAssetsDir: '/_nuxt/' } }, hook: hooks.hook.bind(hooks) }
    const rules = compileRules({ '/files/**': { auth: true } })
    checkStaticFiles(nuxt as never, { getRules: () => rules, getSignInPaths: () => [], getTranslatedPages: () => [] })
    const serveStatic = preset === 'node-server'
    const publicAssets = [{ dir: root, baseURL: '/' }, { dir: root, baseURL: '/_nuxt' }]
    await hooks.callHook('nitro:build:before', { options: { preset, serveStatic, publicAssets } })
    return warn.mock.calls.flat()
  }

  it('GRD-24 logs a guarded file that the host serves, with its rule and the preset', async () => {
    expect(await check('netlify')).toEqual([expect.stringMatching(
      /AUTH_M013: \/files\/a\/b\.txt: the rule of '\/files\/\*\*' does not hold there, because with the preset netlify /,
    )])
  })

  it('GRD-24 logs nothing if the server serves the files, or in development', async () => {
    expect([...await check('node-server'), ...await check('netlify', true)]).toEqual([])
  })
})

describe('skipRefusedRoutes', () => {
  async function prerender(routes: { route: string, error?: object, skip?: boolean }[]): Promise<unknown[]> {
    const hooks = createHooks()
    skipRefusedRoutes({ hooks, options: { static: true } } as never)
    for (const route of routes) await hooks.callHook('prerender:generate', route)
    await hooks.callHook('prerender:done', {})
    return warn.mock.calls.flat()
  }

  it('CCH-11 never stores a route that a guard refused, and logs all of them in one line', async () => {
    const routes = ['/b', '/a'].map(route => ({ route, error: { statusCode: 401, statusMessage: leftOut } }))
    expect(await prerender(routes)).toEqual([describeSkipped(['/a', '/b'], true)])
    expect(routes).toEqual([{ route: '/b', skip: true }, { route: '/a', skip: true }])
  })

  it('leaves every other route and error unchanged', async () => {
    const routes = [{ route: '/' }, { route: '/x', error: { statusCode: 401, statusMessage: 'Unauthorized' } }]
    const before = structuredClone(routes)
    expect([await prerender(routes), routes]).toEqual([[], before])
  })
})

describe('describeSkipped', () => {
  it('names the routes and what answers there instead', () => {
    const line = '[nuxt-authjs] Not prerendered, because they have a rule or belong to Auth.js: /a, /b. '
    expect(describeSkipped(['/a', '/b'], true)).toBe(`${line}A static host answers 404 there, or shows its fallback page.`)
    expect(describeSkipped(['/a', '/b'], false)).toBe(`${line}The server renders them for each request.`)
  })

  it('names twenty routes and counts the others', () => {
    const routes = Array.from({ length: 22 }, (_, at) => `/${at}`)
    expect(describeSkipped(routes, false)).toMatch(/\/19 and 2 more\. The server renders them/)
  })
})

describe('isServedByHost', () => {
  const presets = [
    'cloudflare-module', 'cloudflare-pages', 'vercel', 'netlify', 'aws-amplify', 'azure-swa', 'aws-lambda',
  ]
  it.each(presets)('GRD-24 is true for %s, whose host serves static files itself', (preset) => {
    expect(isServedByHost({ preset })).toBe(true)
  })

  it.each(['static', 'github-pages'])('GRD-24 is true for %s, which has no server', (preset) => {
    expect(isServedByHost({ preset, static: true, serveStatic: true })).toBe(true)
  })

  it('GRD-24 is true for firebase, whose hosting answers before its function', () => {
    expect(isServedByHost({ preset: 'firebase', serveStatic: true })).toBe(true)
  })

  it.each([true, 'node', 'deno', 'inline'])('is false if the server serves static files: %s', (serveStatic) => {
    expect(isServedByHost({ preset: 'node-server', serveStatic })).toBe(false)
  })
})

describe('findGuardedFiles', () => {
  it('GRD-24 finds files whose URL has a rule, in any case', () => {
    const rules = compileRules({
      '/files/**': { auth: true },
      '/Files/open/**': { auth: false },
      '/reports/*.pdf': { auth: true },
      '/reports/:name': { auth: 'guest' },
      '/x.txt': { auth: false },
    })
    const files = [
      '/FILES/a.txt', '/files/b/c.txt', '/files/open/d.txt', '/reports/e.pdf', '/x.txt', '/favicon.ico', '/_nuxt/**',
    ]
    expect(findGuardedFiles(files, rules, '/_nuxt')).toEqual([
      { pattern: '/files/**', files: ['/FILES/a.txt', '/files/b/c.txt'] },
      { pattern: '/reports/:name', files: ['/reports/e.pdf'] },
    ])
  })

  it('GRD-24 finds the browser\'s scripts only if a rule was written for them', () => {
    const find = (pattern: string) => findGuardedFiles(['/_nuxt/**'], compileRules({ [pattern]: { auth: true } }), '/_nuxt')
    expect(find('/**')).toEqual([])
    expect(find('/_nuxt/**')).toEqual([{ pattern: '/_nuxt/**', files: ['/_nuxt/**'] }])
  })
})

describe('listPublicFiles', () => {
  it('lists all files by their URL, and ignores folders that do not exist', () => {
    const folders = [{ dir: root }, { dir: `${root}/files/`, baseURL: '/docs' }, { dir: join(root, 'nowhere') }]
    expect(listPublicFiles(folders).sort()).toEqual(['/docs/a/b.txt', '/files/a/b.txt', '/open.txt'])
  })
})
