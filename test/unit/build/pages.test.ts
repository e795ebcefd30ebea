import { describe, expect, it } from 'vitest'
import { findGuardedPages, findSignInPaths, listTranslatedPages, requirePages, toFlatPages } from '../../../src/build/pages'

describe('requirePages', () => {
  const toPage = (auth: unknown) => [{ path: '/x', children: [{ path: 'y', file: 'pages/x/y.vue', meta: { auth } }] }]

  it.each([true, false, 'guest', { match: { role: 'admin' } }, { match: {}, redirectTo: '/' }, {}, undefined])('accepts the rule %j', (auth) => {
    expect(() => requirePages(toPage(auth), '/api/auth')).not.toThrow()
  })

  it.each([
    [{ unauthenticatedOnly: true }, 'has `unauthenticatedOnly`, which no rule has'],
    [
      { unauthenticatedOnly: true, navigateAuthenticatedTo: '/', match: {} },
      'has `unauthenticatedOnly`, `navigateAuthenticatedTo`, which no rule has',
    ],
    ['Guest', 'is "Guest", which is not a rule'],
    [null, 'is null, which is not a rule'],
    [{ redirectTo: 'https://evil.example' }, 'is {"redirectTo":"https://evil.example"}, which is not a rule'],
  ])('refuses the rule %j with AUTH_M011, and names the page and every key', (auth, problem) => {
    expect(() => requirePages(toPage(auth), '/api/auth')).toThrow(`AUTH_M011: pages/x/y.vue: the \`auth\` of \`definePageMeta\` ${problem}`)
  })

  it.each([['/auth', '/auth/login'], ['/auth', '/auth'], ['/x', '/x/y']])('refuses, with the base path %s, the page %s with AUTH_M010', (basePath, path) => {
    expect(() => requirePages([{ path, file: 'pages/login.vue' }], basePath)).toThrow(`AUTH_M010: pages/login.vue is ${path}, and below ${basePath} Auth.js answers`)
    const [, parent = '', child = ''] = path.split('/')
    expect(() => requirePages([{ path: `/${parent}`, children: [{ path: child, name: 'child' }] }], basePath)).toThrow('AUTH_M010')
  })

  it('accepts pages outside the base path, and catch-all pages', () => {
    expect(() => requirePages([{ path: '/authors' }, { path: '/:slug(.*)*' }, { path: '/x/auth' }, { path: '/:lang/auth/x' }], '/auth')).not.toThrow()
  })
})

describe('toFlatPages', () => {
  it('lists nested pages with their full paths', () => {
    const pages = [{ path: '/a', children: [{ path: '' }, { path: 'b', children: [{ path: ':id' }] }, { path: '/c' }] }]
    expect(toFlatPages(pages).map(({ path }) => path)).toEqual(['/a', '/a', '/a/b', '/a/b/:id', '/c'])
  })
})

describe('listTranslatedPages', () => {
  it('lists pages translated by @nuxtjs/i18n with their full paths, nested ones included', () => {
    const children = [{ name: 'team-page___de', path: 'seite' }, { name: 'team___de', path: '' }]
    const pages = [{ name: 'index', path: '/' }, { path: '/de/team', children }, { name: 'login___de', path: '/de/anmelden' }]
    expect(listTranslatedPages(pages)).toEqual([
      { name: 'team-page___de', path: '/de/team/seite' },
      { name: 'team___de', path: '/de/team' },
      { name: 'login___de', path: '/de/anmelden' },
    ])
  })

  it('is empty in an app with one language', () => {
    expect(listTranslatedPages([{ name: 'index', path: '/' }])).toEqual([])
  })
})

describe('findSignInPaths', () => {
  it('is empty without a sign-in page of the app\'s own', () => {
    expect(findSignInPaths('', [{ name: 'login', path: '/login' }])).toEqual([])
  })

  it('finds the path as it is configured and as the router has it', () => {
    const pages = [{ name: 'login', path: '/login' }, { name: 'x', path: '/x', children: [{ name: 'y', path: 'y' }] }]
    expect(findSignInPaths('/Login', pages)).toEqual(['/Login', '/login'])
    expect(findSignInPaths('/x/Y', pages)).toEqual(['/x/Y', '/x/y'])
  })

  it('finds the path in each language', () => {
    const pages = [
      { name: 'login___en', path: '/en/login' }, { name: 'login___de', path: '/de/anmelden' },
      { name: 'other___de', path: '/de/login' },
    ]
    expect(findSignInPaths('/login', pages)).toEqual(['/login', '/en/login', '/de/anmelden'])
  })
})

describe('findGuardedPages', () => {
  const children = [{ path: '' }, { path: 'child', meta: { auth: false } }]
  const pages = [
    { path: '/open', meta: { auth: false } },
    { path: '/none' },
    { path: '/own', meta: { auth: true } },
    { path: '/parent', meta: { auth: 'guest' }, children },
    { path: '/a', children: [{ path: 'b/:id', meta: { auth: true } }, { path: 'c' }] },
  ]

  it('finds pages that are guarded by their own rule or by a parent\'s', () => {
    expect(findGuardedPages(pages, false)).toEqual(['/own', '/parent', '/parent', '/parent/child', '/a/b/:id'])
  })

  it('finds pages that are guarded by default', () => {
    expect(findGuardedPages(pages, true)).toEqual([
      '/none', '/own', '/parent', '/parent', '/parent/child', '/a', '/a/b/:id', '/a/c',
    ])
  })
})
