import type { Account } from '@auth/core/types'

/** The parameters of OpenID Connect RP-Initiated Logout 1.0 §2. */
export type EndSessionParam = 'id_token_hint' | 'post_logout_redirect_uri' | 'client_id'

/** An end-session URL, and the provider's own names of its parameters; `false` leaves a parameter out. */
export interface EndSession { url: string, params?: Partial<Record<EndSessionParam, string | false>> }

/** `federatedSignOut` of a definition: `true`, or end-session URLs by provider ID if discovery has none. */
export type FederatedSignOut = boolean | Record<string, string | EndSession>

/** The provider of a session, and the id_token that a sign-out sends there. Leaves the server for no other purpose. */
export interface FederatedClaim { provider: string, idToken: string }

/** The claim of a sign-in, if the definition asks for it and the provider sent an id_token. */
export function toFederatedClaim(
  setting: FederatedSignOut | undefined, account: Account | null | undefined,
): { federatedSignOut?: FederatedClaim } {
  if (!setting || !account?.id_token) return {}
  return { federatedSignOut: { provider: account.provider, idToken: account.id_token } }
}
