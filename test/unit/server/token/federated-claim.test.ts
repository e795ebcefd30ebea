import { describe, expect, it } from 'vitest'
import type { FederatedSignOut } from '../../../../src/runtime/server/token/federated-claim'
import { toFederatedClaim } from '../../../../src/runtime/server/token/federated-claim'

const account = { provider: 'kc', type: 'oidc', providerAccountId: '1', id_token: 'a.b.c' } as const

describe('toFederatedClaim', () => {
  it.each<FederatedSignOut>([true, {}, { kc: 'https://id.example/logout' }])('keeps the id_token with the setting %j', (setting) => {
    const claim = { provider: 'kc', idToken: 'a.b.c' }
    expect(toFederatedClaim(setting, account)).toEqual({ federatedSignOut: claim })
  })

  it.each([undefined, false])('adds nothing with the setting %j', (setting) => {
    expect(toFederatedClaim(setting, account)).toEqual({})
  })

  it('adds nothing without an account or without an id_token', () => {
    for (const incomplete of [null, undefined, { ...account, id_token: undefined }, { ...account, id_token: '' }]) {
      expect(toFederatedClaim(true, incomplete)).toEqual({})
    }
  })
})
