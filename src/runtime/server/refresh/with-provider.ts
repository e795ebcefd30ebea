import type { Account } from '@auth/core/types'
import type { AuthEvent } from '../../shared/types'
import type { Refresh } from '../config/extension'
import type { RequestConfig } from '../config/load'
import type { ProviderRefreshOptions, ProviderTokens } from './grant'

export type { ProviderRefreshOptions, ProviderTokens } from './grant'

/** The second argument that the module passes to `run`. It is not part of the public type. */
interface CurrentRequest { event: AuthEvent, config: Pick<RequestConfig, 'providers'> }

/** The claims of `ProviderTokens`, for `extend.token`. Empty without an access token, as with a password. */
export function toProviderTokens(account: Account | null | undefined): ProviderTokens {
  if (!account?.access_token) return {}
  return {
    provider: account.provider,
    accessToken: account.access_token,
    refreshToken: account.refresh_token,
    expiresAt: account.expires_at ?? 0,
  }
}

/**
 * A ready-made `extend.refresh` for OAuth 2 and OpenID Connect: the refresh token grant (RFC 6749 §6) with the
 * provider's own settings. Needs the claims of `toProviderTokens` in the token.
 * Keeps the refresh token that the provider rotates to.
 * The grant fails with AUTH_D010 if the provider is unknown.
 */
export function refreshWithProvider(options: string | ProviderRefreshOptions = {}): Refresh<ProviderTokens> {
  const settings = typeof options === 'string' ? { provider: options } : options
  const { provider, leeway = 30 } = settings
  return {
    due: ({ token }) => {
      const isOurs = provider === undefined || token.provider === provider
      return isOurs && token.refreshToken !== undefined && isExpiredAt(token, Date.now() / 1000 + leeway)
    },
    expired: ({ token }) => isExpiredAt(token, Date.now() / 1000),
    run: async ({ token, signal }, request?: CurrentRequest) => {
      if (!request) throw new TypeError('refreshWithProvider() has to be the value of `extend.refresh` itself')
      const { requestTokens } = await import('./grant')
      return await requestTokens({ ...request, options: settings, token, signal })
    },
  }
}

/** `time` in seconds since 1970. False for a token without an expiry. */
function isExpiredAt({ expiresAt = 0 }: ProviderTokens, time: number): boolean {
  return expiresAt > 0 && expiresAt <= time
}
