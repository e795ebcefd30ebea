import { createHooks } from 'hookable'
import { describe, expect, it, vi } from 'vitest'
import { bundleAuth, withoutAuthPages } from '../../../src/build/bundle-auth'

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
  it('bundles Auth.js with Nitro 2, beside what the app bundles itself', () => {
    expect(bundle(2, {}).nitro).toEqual({ externals: { inline: bundled } })
    const own = { externals: { inline: ['mine'], external: ['x'] } }
    expect(bundle(2, own).nitro).toEqual({ externals: { inline: ['mine', ...bundled], external: ['x'] } })
  })

  it('bundles it with Nitro 3, under its name of the option', () => {
    expect(bundle(3, {}).nitro).toEqual({ noExternals: bundled })
    expect(bundle(3, { noExternals: ['mine'] }).nitro).toEqual({ noExternals: ['mine', ...bundled] })
    expect(bundle(3, { noExternals: true }).nitro).toEqual({ noExternals: true })
  })

  it('leaves development alone', () => {
    expect(bundle(2, {}, true).nitro).toEqual({})
  })

  it('adds the plugin that leaves Auth.js\'s pages out before Nitro\'s own plugins', async () => {
    const nitro = { hooks: createHooks() }
    const rollup = { plugins: [{ name: 'nitro' }] }
    await bundle(2, {}).hooks.callHook('nitro:init', nitro)
    await nitro.hooks.callHook('rollup:before', nitro, rollup)
    expect(rollup.plugins.map(({ name }) => name)).toEqual(['nuxt-authjs:auth-pages', 'nitro'])
  })
})

describe('withoutAuthPages', () => {
  const { resolveId } = withoutAuthPages('/runtime/empty-page')
  const resolve = (id: string, importer?: string) => resolveId.call({ resolve: async id => ({ id: `${id}.js` }) }, id, importer)
  const pages = '/app/node_modules/@auth/core/lib/pages/index.js'

  it('replaces Auth.js\'s own pages, and the renderer of Preact', async () => {
    for (const id of ['./signin.js', './error.js', './styles.js', 'preact-render-to-string']) {
      expect(await resolve(id, pages)).toEqual({ id: '/runtime/empty-page.js' })
      expect(await resolve(id, pages.replaceAll('/', '\\'))).toEqual({ id: '/runtime/empty-page.js' })
    }
  })

  it('leaves every other import alone: of Auth.js\'s routes, and of Preact by the app', async () => {
    expect(await resolve('../../errors.js', pages)).toBeNull()
    expect(await resolve('./signin.js', '/app/pages/index.js')).toBeNull()
    expect(await resolve('preact-render-to-string', '/app/server/feed.ts')).toBeNull()
    expect(await resolve('preact-render-to-string')).toBeNull()
  })
})
