import { createHooks } from 'hookable'
import { describe, expect, it, vi } from 'vitest'
import { bundleAuth, disablePrefetch, refuseServerImports, withoutAuthPages } from '../../../src/build/bundle'

const host = vi.hoisted(() => ({ nitro: 2 }))
vi.mock('@nuxt/kit', () => ({ useLogger: () => ({}), getNitroVersion: () => host.nitro }))

const bundled = ['@auth/core', '@panva/hkdf', 'jose', 'oauth4webapi']

function bundle(version: number, nitro: object, dev = false) {
  host.nitro = version
  const hooks = createHooks()
  const nuxt = { options: { nitro, dev }, hook: hooks.hook.bind(hooks) }
  bundleAuth(nuxt as never, '/runtime')
  return { nitro: nuxt.options.nitro, hooks }
}

describe('bundleAuth', () => {
  it('bundles Auth.js with Nitro 2, in addition to the app\'s own packages', () => {
    expect(bundle(2, {}).nitro).toEqual({ externals: { inline: bundled } })
    const own = { externals: { inline: ['mine'], external: ['x'] } }
    expect(bundle(2, own).nitro).toEqual({ externals: { inline: ['mine', ...bundled], external: ['x'] } })
  })

  it('bundles Auth.js with Nitro 3, whose option has another name', () => {
    expect(bundle(3, {}).nitro).toEqual({ noExternals: bundled })
    expect(bundle(3, { noExternals: ['mine'] }).nitro).toEqual({ noExternals: ['mine', ...bundled] })
    expect(bundle(3, { noExternals: true }).nitro).toEqual({ noExternals: true })
  })

  it('changes nothing in development', () => {
    expect(bundle(2, {}, true).nitro).toEqual({})
  })

  it('adds the plugin that removes Auth.js\'s pages before Nitro\'s own plugins', async () => {
    const nitro = { hooks: createHooks() }
    const rollup = { plugins: [{ name: 'nitro' }] }
    await bundle(2, {}).hooks.callHook('nitro:init', nitro)
    await nitro.hooks.callHook('rollup:before', nitro, rollup)
    expect(rollup.plugins.map(({ name }) => name)).toEqual(['nuxt-authjs:auth-pages', 'nitro'])
  })

  it('drops the warning about helpers compiled into Auth.js, and no other', async () => {
    const handle = vi.fn()
    const warn = async (rollup: { onwarn?: (warning: object, handle: (warning: object) => void) => void }, warning: object) => {
      const nitro = { hooks: createHooks() }
      await bundle(2, {}).hooks.callHook('nitro:init', nitro)
      await nitro.hooks.callHook('rollup:before', nitro, rollup)
      rollup.onwarn?.(warning, handle)
    }
    await warn({}, { code: 'THIS_IS_UNDEFINED', id: '/app/node_modules/@auth/core/lib/utils/cookie.js' })
    expect(handle).not.toHaveBeenCalled()
    const others = [{ code: 'THIS_IS_UNDEFINED', id: '/app/server/mine.ts' }, { code: 'EVAL', id: '/x/@auth/core/index.js' }]
    for (const warning of others) await warn({}, warning)
    expect(handle.mock.calls).toEqual(others.map(warning => [warning]))
    const onwarn = vi.fn()
    await warn({ onwarn }, { code: 'EVAL' })
    expect(onwarn).toHaveBeenCalledWith({ code: 'EVAL' }, handle)
  })
})

describe('withoutAuthPages', () => {
  const { resolveId } = withoutAuthPages('/runtime/empty-page')
  const resolve = (id: string, importer?: string) => resolveId.call({ resolve: async id => ({ id: `${id}.js` }) }, id, importer)
  const pages = '/app/node_modules/@auth/core/lib/pages/index.js'

  it('replaces Auth.js\'s own pages and the renderer of Preact', async () => {
    for (const id of ['./signin.js', './error.js', './styles.js', 'preact-render-to-string']) {
      expect(await resolve(id, pages)).toEqual({ id: '/runtime/empty-page.js' })
      expect(await resolve(id, pages.replaceAll('/', '\\'))).toEqual({ id: '/runtime/empty-page.js' })
    }
  })

  it('never replaces other imports, such as the app\'s own import of Preact', async () => {
    expect(await resolve('../../errors.js', pages)).toBeNull()
    expect(await resolve('./signin.js', '/app/pages/index.js')).toBeNull()
    expect(await resolve('preact-render-to-string', '/app/server/feed.ts')).toBeNull()
    expect(await resolve('preact-render-to-string')).toBeNull()
  })
})

describe('disablePrefetch', () => {
  const folder = '/app/node_modules/nuxt-authjs/dist/runtime/app'

  it('disables prefetching of this module\'s chunks only', () => {
    const manifest = {
      'own': { src: '../node_modules/nuxt-authjs/dist/runtime/app/flows.js', prefetch: true },
      'own, from the root': { src: 'node_modules/nuxt-authjs/dist/runtime/app/guard.js', prefetch: true },
      'a page': { src: 'pages/account.vue', prefetch: true },
      'another module': { src: '../node_modules/other/dist/runtime/app/flows.js', prefetch: true },
      'a folder with the same prefix': { src: '../node_modules/nuxt-authjs/dist/runtime/app-more/x.js', prefetch: true },
      'no source': { prefetch: true },
    }
    disablePrefetch(manifest, ['/app/src', '/app'], folder)
    const disabled = Object.entries(manifest).filter(([, { prefetch }]) => !prefetch).map(([name]) => name)
    expect(disabled).toEqual(['own', 'own, from the root'])
  })
})

describe('refuseServerImports', () => {
  it('refuses `#auth` in the app, and names the file that imports it', () => {
    const { resolveId } = refuseServerImports()
    expect(() => resolveId('#auth', '/app/pages/index.vue?vue&type=script')).toThrow(
      /AUTH_M012: \/app\/pages\/index\.vue imports '#auth', which exists on the server only\. .*`import type`/,
    )
    expect(resolveId('#authors', '/app/x.ts')).toBeUndefined()
  })
})
