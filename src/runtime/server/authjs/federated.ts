import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import type { EndSessionParam, FederatedClaim, FederatedSignOut } from '../token/federated-claim'
import { logWarning } from '../log'
import type { ProviderClient } from '../providers/client'
import { isSecure } from '../providers/address'
import { getCookieToken } from '../revocation/sign-out'

/** Whether a sign-out asks to end the provider's session, too: in JSON or from a form. */
export function isFederated(fields: Record<string, unknown> | undefined): boolean {
  return fields?.federated === true || /^(?:true|on|1)$/.test(String(fields?.federated))
}

/** Where the visitor's session began, read from its cookie. Undefined where there is nothing to end. */
export async function getFederatedClaim(event: AuthEvent, config: RequestConfig): Promise<FederatedClaim | undefined> {
  const token = config.federatedSignOut ? await getCookieToken(event, config) : null
  const { provider, idToken } = (token?.federatedSignOut ?? {}) as Partial<FederatedClaim>
  return provider && idToken ? { provider, idToken } : undefined
}

/**
 * The provider's address that ends its session and leads back to `returnTo`. Undefined where it has none or can't be asked: the visitor
 * then is signed out here alone. https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
 */
export async function resolveEndSessionUrl(claim: FederatedClaim, provider: { type: string, issuer?: string, clientId?: string }, setting: FederatedSignOut, client: ProviderClient, isDev: boolean, returnTo: string): Promise<string | undefined> {
  try {
    const own = typeof setting === 'object' ? setting[claim.provider] : undefined
    const { url: named, params = {} } = typeof own === 'object' ? own : { url: own }
    const address = named ?? (provider.type === 'oidc' || provider.issuer ? (await client.getMetadata()).end_session_endpoint : undefined)
    if (!address) return undefined
    const url = new URL(address)
    if (!isSecure(url, isDev)) throw new Error(`${url.protocol}//${url.host} is no address to send a visitor to`)
    const values = { id_token_hint: claim.idToken, post_logout_redirect_uri: returnTo, client_id: String(provider.clientId) }
    for (const [standard, value] of Object.entries(values) as [EndSessionParam, string][]) {
      const name = params[standard] ?? standard
      if (name !== false) url.searchParams.set(name, value)
    }
    return url.href
  }
  catch (error) {
    logWarning(`the session at ${claim.provider} was not ended: ${error instanceof Error ? error.message : 'unknown'}`)
    return undefined
  }
}
