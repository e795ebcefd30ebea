import type { Account } from '@auth/core/types'
import type { Refresh } from './define'
import type { RuntimeRefresh } from './refresh'

/** What of an account belongs into the token, so that `refreshWithProvider` can keep it fresh. */
export interface ProviderTokens {
  /** The provider's id: it is the one to ask. */
  provider?: string
  accessToken?: string
  refreshToken?: string
  /** End of the access token in seconds since 1970; 0 where the provider does not say. */
  expiresAt?: number
}

/** Settings that the provider's own do not give, or that differ from them. */
export interface ProviderRefreshOptions {
  /** Id of the provider. The one that the token names, where it is left out. */
  provider?: string
  /**
   * Seconds before its end at which an access token is replaced.
   * @default 30
   */
  leeway?: number
  /** Address of the token endpoint. From the provider's `token`, or its issuer's discovery document, where it is left out. */
  tokenEndpoint?: string
  issuer?: string
  clientId?: string
  clientSecret?: string
  /** How the client proves who it is. The provider's `client.token_endpoint_auth_method`, where it is left out. */
  clientAuth?: 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'none'
}

/** The claims of `ProviderTokens`, for `extend.token`. Without an account, as after a sign-in by password, there are none. */
export function toProviderTokens(account: Account | null | undefined): ProviderTokens {
  if (!account?.access_token) return {}
  return { provider: account.provider, accessToken: account.access_token, refreshToken: account.refresh_token, expiresAt: account.expires_at ?? 0 }
}

/**
 * A ready-made `extend.refresh` for OAuth 2 and OpenID Connect: the refresh token grant, with the provider's own settings.
 * Needs the claims of `toProviderTokens` in the token. Keeps the refresh token that the provider rotates to.
 */
export function refreshWithProvider(options: string | ProviderRefreshOptions = {}): Refresh<ProviderTokens> {
  const own = typeof options === 'string' ? { provider: options } : options
  const { provider, leeway = 30 } = own
  const isBefore = (token: ProviderTokens, now: number) => (token.expiresAt ?? 0) > now / 1000 || !token.expiresAt
  const isOurs = (token: ProviderTokens) => token.refreshToken !== undefined && (provider === undefined || token.provider === provider)
  const run: RuntimeRefresh['run'] = async ({ token, signal }, { event, config }) => {
    const { requestTokens } = await import('./refresh-grant')
    // The definition's own claims: `due` has looked at them.
    return await requestTokens({ event, config, options: own, token: token as ProviderTokens, signal })
  }
  return {
    due: ({ token }) => isOurs(token) && !isBefore(token, Date.now() + leeway * 1000),
    expired: ({ token }) => !isBefore(token, Date.now()),
    // The module hands its config over as a second argument, which nobody else needs.
    run: run as Refresh<ProviderTokens>['run'],
  }
}
