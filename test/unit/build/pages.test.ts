import { describe, expect, it } from 'vitest'
import { requirePages } from '../../../src/build/pages'

describe('requirePages', () => {
  const toPage = (auth: unknown) => [{ path: '/x', children: [{ path: 'y', file: 'pages/x/y.vue', meta: { auth } }] }]

  it.each([true, false, 'guest', { match: { role: 'admin' } }, { match: {}, redirectTo: '/' }, {}, undefined])('takes the rule %j', (auth) => {
    expect(() => requirePages(toPage(auth), '/api/auth')).not.toThrow()
  })

  it.each([
    [{ unauthenticatedOnly: true }, 'has `unauthenticatedOnly`, which no rule has'], [{ unauthenticatedOnly: true, navigateAuthenticatedTo: '/', match: {} }, 'has `unauthenticatedOnly`, `navigateAuthenticatedTo`, which no rule has'],
    ['Guest', 'is "Guest", which is not a rule'], [null, 'is null, which is not a rule'], [{ redirectTo: 'https://evil.example' }, 'is {"redirectTo":"https://evil.example"}, which is not a rule'],
  ])('refuses the rule %j with AUTH_M011, and names the page and every key', (auth, problem) => {
    expect(() => requirePages(toPage(auth), '/api/auth')).toThrow(`AUTH_M011: pages/x/y.vue: the \`auth\` of \`definePageMeta\` ${problem}`)
  })

  it.each([['/auth', '/auth/login'], ['/auth', '/auth'], ['/x', '/x/y']])('refuses with the base path %s the page %s with AUTH_M010', (basePath, path) => {
    expect(() => requirePages([{ path, file: 'pages/login.vue' }], basePath)).toThrow(`AUTH_M010: pages/login.vue is ${path}, and below ${basePath} Auth.js answers`)
    const [, parent = '', child = ''] = path.split('/')
    expect(() => requirePages([{ path: `/${parent}`, children: [{ path: child, name: 'child' }] }], basePath)).toThrow('AUTH_M010')
  })

  it('takes pages beside the base path, and pages for every path', () => {
    expect(() => requirePages([{ path: '/authors' }, { path: '/:slug(.*)*' }, { path: '/x/auth' }, { path: '/:lang/auth/x' }], '/auth')).not.toThrow()
  })
})
