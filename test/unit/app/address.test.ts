import { describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { localise, toAddress, toPage } from '../../../src/runtime/app/address'

const build = vi.hoisted(() => ({ isTranslated: true }))
vi.mock('#build/nuxt-authjs/languages.mjs', () => build)

/** A router whose pages are `/`, `/account` and `/login`; `root` is what its history has in front. */
function create(root: string) {
  const component = { render: () => null }
  return createRouter({ history: createMemoryHistory(root), routes: ['/', '/account', '/login'].map(path => ({ path, component })) })
}

describe('toAddress', () => {
  it.each([
    ['', '', '/account?tab=1', '/account?tab=1'],
    ['/shop', '/shop', '/account', '/shop/account'],
    ['/shop', '/shop', '/', '/shop/'],
    ['/shop', '/shop', '/shop/account', '/shop/account'],
    ['/shop', '/shop', '/shopping', '/shop/shopping'],
    ['/#', '', '/account?tab=1#top', '/#/account?tab=1#top'],
    ['/#', '', '/', '/#/'],
    ['/#', '', '/#/account', '/#/account'],
    ['/shop/#', '/shop', '/account', '/shop/#/account'],
    ['/shop/#', '/shop', '/shop/account', '/shop/#/account'],
    ['/shop/#', '/shop', '/shop/#/account', '/shop/#/account'],
  ])('with routes behind %j and the app below %j: %s is at %s', (root, base, path, address) => {
    expect(toAddress(create(root), base, path)).toBe(address)
  })

  it('puts a path that is not a page of the router before the #', () => {
    expect([toAddress(create('/#'), '', '/report.pdf'), toAddress(create('/shop/#'), '/shop', '/report.pdf')]).toEqual(['/report.pdf', '/shop/report.pdf'])
  })

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '', 'account'])('returns %j unchanged, for the server to check', (path) => {
    expect(toAddress(create('/shop/#'), '/shop', path)).toBe(path)
  })
})

describe('toPage', () => {
  it('finds the page of an address, and none for a file, another app or an address without the #', () => {
    expect(toPage(create('/shop'), '/shop/account?tab=1')?.fullPath).toBe('/account?tab=1')
    expect(toPage(create('/#'), '/#/account')?.fullPath).toBe('/account')
    expect(toPage(create('/shop'), '/shop')?.fullPath).toBe('/')
    for (const address of ['/shop/report.pdf', '/account', '/shopping']) expect(toPage(create('/shop'), address)).toBeUndefined()
    expect(toPage(create('/#'), '/account')).toBeUndefined()
  })
})

describe('localise', () => {
  const pages = [{ name: 'login___en', path: '/login' }, { name: 'login___de', path: '/de/anmelden' }]
  const nuxtApp = { $router: { getRoutes: () => pages } } as never

  it('takes the page in the language of the current path', () => {
    build.isTranslated = true
    expect(localise(nuxtApp, '/de/account', '/login')).toBe('/de/anmelden')
  })

  it('leaves the path alone in an app without translated pages', () => {
    build.isTranslated = false
    expect(localise(nuxtApp, '/de/account', '/login')).toBe('/login')
  })
})
