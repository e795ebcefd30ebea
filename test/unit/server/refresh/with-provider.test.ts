import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refreshWithProvider, toProviderTokens } from '../../../../src/runtime/server/refresh/with-provider'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 }))
afterEach(() => void vi.useRealTimers())

const seconds = () => Date.now() / 1000
const token = { provider: 'keycloak', accessToken: 'access-0', refreshToken: 'refresh-0', expiresAt: 0 }

describe('toProviderTokens', () => {
  it('picks the fields that a refresh needs, and none of a sign-in without a provider', () => {
    expect(toProviderTokens({ provider: 'x', type: 'oidc', providerAccountId: '1', access_token: 'a', refresh_token: 'r', expires_at: 5, id_token: 'i' }))
      .toEqual({ provider: 'x', accessToken: 'a', refreshToken: 'r', expiresAt: 5 })
    for (const none of [undefined, null, { provider: 'credentials', type: 'credentials', providerAccountId: '1' } as const]) expect(toProviderTokens(none)).toEqual({})
  })
})

describe('refreshWithProvider', () => {
  it.each([
    ['long before the expiry', 31, false, false],
    ['shortly before the expiry', 29, true, false],
    ['after the expiry', -1, true, true],
  ])('is due, and expired, %s', (_, left, isDue, isExpired) => {
    const refresh = refreshWithProvider()
    const context = { token: { ...token, expiresAt: seconds() + left } }
    expect([refresh.due(context), refresh.expired?.(context)]).toEqual([isDue, isExpired])
  })

  it('is never due for a token without an expiry or a refresh token, or of another provider', () => {
    const old = { ...token, expiresAt: 1 }
    expect(refreshWithProvider().due({ token: old })).toBe(true)
    expect(refreshWithProvider({ leeway: 600 }).due({ token: { ...token, expiresAt: seconds() + 500 } })).toBe(true)
    expect(refreshWithProvider('github').due({ token: old })).toBe(false)
    for (const other of [{}, token, { ...old, refreshToken: undefined }]) expect(refreshWithProvider().due({ token: other })).toBe(false)
  })

  it('fails if run is called without the request that only the module passes', async () => {
    const context = { token, signal: AbortSignal.timeout(1000) }
    await expect(refreshWithProvider().run(context)).rejects.toThrow('has to be the value of `extend.refresh` itself')
  })
})
