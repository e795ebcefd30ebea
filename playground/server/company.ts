import type { OIDCConfig } from '@auth/core/providers'

/** Any OpenID provider. Three variables configure it; `modules/company` sets them in development. */
const provider: OIDCConfig<{ sub: string }> = { id: 'company', name: 'Company', type: 'oidc', checks: ['pkce', 'state', 'nonce'] }

export const company = process.env.AUTH_COMPANY_ISSUER ? [provider] : []
