import type { AuthEvent } from '../../shared/types'
import type { EndSessionParam, FederatedClaim, FederatedSignOut } from '../token/federated-claim'
import type { RequestConfig } from '../config/load'
import { isOAuth } from '../config/providers'
import { logWarning } from '../log'
import { isSecure } from '../providers/address'
import type { Flow } from '../providers/oauth'
import { createProviderClient } from '../providers/client'
import type { ProviderClient } from '../providers/client'
import { getCookieToken } from './sign-out'

/** True if a sign-out, in JSON or from a form, is to end the provider's session too. */
export function isFederated(fields: Record<string, unknown> | undefined): boolean {
  return fields?.federated === true || /^(?:true|on|1)$/.test(String(fields?.federated))
}

/** The claim that says where the session of this request began. Undefined if there is no provider's session to end. */
export async function getFederatedClaim(event: AuthEvent, config: RequestConfig): Promise<FederatedClaim | undefined> {
  const token = config.federatedSignOut ? await getCookieToken(event, config) : null
  const { provider, idToken } = (token?.federatedSignOut ?? {}) as Partial<FederatedClaim>
  return provider && idToken ? { provider, idToken } : undefined
}

/** A provider's URL that ends its session and redirects to `returnTo`. Undefined if the provider has none. */
export type GetEndSessionUrl = (returnTo: string) => Promise<string | undefined>

/**
 * Prepares a federated sign-out, while the session's cookie can still be read. Undefined if the session began without a
 * provider that can end its own.
 */
export async function findEndSession(
  event: AuthEvent, config: RequestConfig, flow: Flow,
): Promise<GetEndSessionUrl | undefined> {
  const claim = await getFederatedClaim(event, config)
  const provider = claim && config.providers.filter(isOAuth).find(({ id }) => id === claim.provider)
  if (!provider) return undefined
  const client = createProviderClient(provider, flow)
  const setting = config.federatedSignOut ?? false
  return async returnTo => await resolveEndSessionUrl(claim, provider, setting, client, flow.isDev, returnTo)
}

/** The members of a provider that its end-session URL depends on. */
interface EndedProvider { type: string, issuer?: string, clientId?: string }

/**
 * The provider's URL that ends its session and redirects to `returnTo`. Undefined if the provider has none, or its
 * discovery fails: the user is then signed out of this app only.
 * https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
 */
export async function resolveEndSessionUrl(
  claim: FederatedClaim, provider: EndedProvider, setting: FederatedSignOut,
  client: ProviderClient, isDev: boolean, returnTo: string,
): Promise<string | undefined> {
  const own = typeof setting === 'object' ? setting[claim.provider] : undefined
  const { url: configured, params = {} } = typeof own === 'object' ? own : { url: own }
  try {
    const hasDiscovery = provider.type === 'oidc' || provider.issuer
    const address = configured ?? (hasDiscovery ? (await client.getMetadata()).end_session_endpoint : undefined)
    if (!address) return undefined
    const url = new URL(address)
    if (!isSecure(url, isDev)) throw new Error(`${url.protocol}//${url.host} is not an allowed provider URL`)
    const values: Record<EndSessionParam, string> = {
      id_token_hint: claim.idToken,
      post_logout_redirect_uri: returnTo,
      client_id: String(provider.clientId),
    }
    for (const [name, value] of Object.entries(values)) {
      const renamed = params[name as EndSessionParam] ?? name
      if (renamed !== false) url.searchParams.set(renamed, value)
    }
    return url.href
  }
  catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    logWarning(`the session at ${claim.provider} was not ended: ${reason}`)
    return undefined
  }
}
