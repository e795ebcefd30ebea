import { describe, expect, it } from 'vitest'
import type { RequestConfig } from '../../../../src/runtime/server/config/load'
import { findAppPage, redirectToAppPage } from '../../../../src/runtime/server/pages/redirect'

const config = { basePath: '/api/auth', origin: 'https://app.example' } as RequestConfig
const pages = { signIn: '/login', signOut: '/bye', error: '/oops', verifyRequest: 'https://mail.example/sent' }

describe('findAppPage', () => {
  it.each([['signin', '/login'], ['signout', '/bye'], ['error', '/oops'], ['verify-request', 'https://mail.example/sent']])('of %s is %s', (action, page) => {
    expect(findAppPage(action, { ...config, pages })).toBe(page)
  })

  it('is undefined for another action, and without a page in the definition', () => {
    expect(findAppPage('popup', { ...config, pages })).toBeUndefined()
    expect(findAppPage('signin', config)).toBeUndefined()
  })

  it.each(['/api/auth/signin', '/api/auth/error?x', 'https://app.example/api/auth/signout'])('never is the default page %s', (signIn) => {
    expect(findAppPage('signin', { ...config, pages: { signIn } })).toBeUndefined()
  })
})

describe('redirectToAppPage', () => {
  it.each([
    ['/login', '', undefined, '/login'], ['/login', 'error=x', undefined, '/login?error=x'],
    ['/login?from=auth', 'error=x', '/y', '/login?from=auth&error=x&callbackUrl=%2Fy'],
    ['/login', 'callbackUrl=https://evil.example', '/', '/login?callbackUrl=%2F'],
  ])('to %s with the query %j and the callback URL %s leads to %s', (page, query, callbackUrl, location) => {
    expect(redirectToAppPage(page, new URLSearchParams(query), callbackUrl)).toEqual({ status: 302, headers: { location } })
  })
})
