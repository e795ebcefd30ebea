import type { Account } from '@auth/core/types'

/** The parameters of OpenID Connect RP-Initiated Logout 1.0 §2. */
export type EndSessionParam = 'id_token_hint' | 'post_logout_redirect_uri' | 'client_id'

/** An end-session address whose parameters have names of the provider's own; `false` leaves one out. */
export interface EndSession { url: string, params?: Partial<Record<EndSessionParam, string | false>> }

/** `federatedSignOut` of a definition: `true`, or the end-session address by provider id where discovery has none. */
export type FederatedSignOut = boolean | Record<string, string | EndSession>

/** The claim that says where a session began, and the id_token that proves it to the provider. Never leaves the server but to the provider. */
export interface FederatedClaim { provider: string, idToken: string }

/** What a sign-in adds to the token, where the definition asks for it and the provider sent an id_token. */
export function toFederatedClaim(setting: FederatedSignOut | undefined, account: Account | null | undefined): { federatedSignOut?: FederatedClaim } {
  return setting && account?.id_token ? { federatedSignOut: { provider: account.provider, idToken: account.id_token } } : {}
}
