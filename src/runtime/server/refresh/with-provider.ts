import type { Account } from '@auth/core/types'
import type { Refresh } from '../config/extension'
import type { RequestConfig } from '../config/load'
import type { RuntimeRefresh } from '../config/extend'
import type { ProviderRefreshOptions, ProviderTokens } from './grant'

export type { ProviderRefreshOptions, ProviderTokens } from './grant'

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
    const { requestTokens } = await import('./grant')
    // The config of this request, and the definition's own claims: `due` has looked at them.
    return await requestTokens({ event, config: config as RequestConfig, options: own, token: token as ProviderTokens, signal })
  }
  return {
    due: ({ token }) => isOurs(token) && !isBefore(token, Date.now() + leeway * 1000),
    expired: ({ token }) => !isBefore(token, Date.now()),
    // The module hands the request over as a second argument, which nobody else needs.
    run: run as Refresh<ProviderTokens>['run'],
  }
}
