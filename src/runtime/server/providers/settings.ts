import { NuxtAuthError } from '../../shared/errors'
import { isOAuth, toVariablePrefix } from '../config/providers'
import type { MergedProvider, OAuthProvider } from '../config/providers'
import { requireSecureAddresses } from './address'

/** The label of each provider by id: its name, followed by the id if several providers share the name. */
export function labelProviders(providers: { id: string, name?: unknown }[]): Map<string, string> {
  const isShared = (name: unknown) => providers.filter(other => other.name === name).length > 1
  return new Map(providers.map(({ id, name }) => [id, isShared(name) ? `${String(name)} (${id})` : String(name)]))
}

/** True for a provider that answers with a form of its own site, as Apple does: browsers send no Lax cookies then. */
export function isFormPost(provider: MergedProvider | undefined): boolean {
  const authorization = isOAuth(provider) ? provider.authorization : undefined
  const { url, params } = typeof authorization === 'object' ? authorization : { url: authorization }
  const query = url !== undefined && URL.canParse(url) ? new URL(url).searchParams : undefined
  return (params?.response_mode ?? query?.get('response_mode')) === 'form_post'
}

/**
 * The providers, each with an issuer: a placeholder if there is none. Otherwise one provider without issuer and
 * endpoints would fail every request to Auth.js. The `requested` one is unchanged: `requireProviderKeys` checks it.
 */
export function withPlaceholderIssuers(providers: MergedProvider[], requested: string | undefined): MergedProvider[] {
  return providers.map((provider) => {
    if (!isOAuth(provider) || provider.id === requested || provider.issuer) return provider
    return { ...provider, issuer: 'https://issuer.invalid' }
  })
}

/** The settings that a sign-in needs, and how the names of their environment variables end: `AUTH_GITHUB_ID`. */
const suffixes = { clientId: 'ID', clientSecret: 'SECRET', issuer: 'ISSUER' }

/** Checks an OAuth provider before a user is sent to it. Throws AUTH_D004 for missing settings, and AUTH_D011. */
export function requireProviderKeys(provider: OAuthProvider, file: string, isDev = false): void {
  requireSecureAddresses(provider, file, isDev)
  const { id, clientId, clientSecret, issuer, client } = provider
  const needsSecret = client?.token_endpoint_auth_method !== 'none'
  const needsIssuer = provider.type === 'oidc' && !provider.authorization
  const missing = [
    ...clientId ? [] : ['clientId' as const],
    ...clientSecret || !needsSecret ? [] : ['clientSecret' as const],
    ...issuer || !needsIssuer ? [] : ['issuer' as const],
  ]
  if (missing.length === 0) return
  const variables = missing.map(name => toVariablePrefix(id) + suffixes[name]).join(' and ')
  throw new NuxtAuthError('AUTH_D004', { file, provider: id, missing: missing.join(' and '), variables })
}
