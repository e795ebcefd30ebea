import type { Account } from '@auth/core/types'

/** `federatedSignOut` of a definition: `true`, or the end-session address by provider id where discovery has none. */
export type FederatedSignOut = boolean | Record<string, string>

/** The claim that says where a session began, and the id_token that proves it to the provider. Never leaves the server but to the provider. */
export interface FederatedClaim { provider: string, idToken: string }

/** What a sign-in adds to the token, where the definition asks for it and the provider sent an id_token. */
export function toFederatedClaim(setting: FederatedSignOut | undefined, account: Account | null | undefined): { federatedSignOut?: FederatedClaim } {
  return setting && account?.id_token ? { federatedSignOut: { provider: account.provider, idToken: account.id_token } } : {}
}
