import * as oauth from 'oauth4webapi'
import type { ClientAuth } from 'oauth4webapi'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { getEnvironment } from '../config/environment'
import type { Variables } from '../config/environment'
import { ProviderFault } from '../providers/client'
import { longest } from '../providers/discovery'
import { toExpiresIn } from '../providers/lifetime'
import { createProviderClient } from '../providers/provider-client'
import { findProvider } from '../providers/resolve'
import type { MergedProvider } from '../providers/resolve'

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

interface Grant { event: AuthEvent, config: RequestConfig, options: ProviderRefreshOptions, token: ProviderTokens, signal: AbortSignal }

/** What of a provider's settings the grant needs. */
interface Settings {
  id: string
  tokenEndpoint?: string
  clientId: string
  clientSecret?: string
  clientAuth?: string
  /** The definition's own way to read an answer that is not as RFC 6749 says. */
  conform?: (response: Response) => Promise<Response | undefined>
  /** The provider with everything that the options say otherwise. */
  provider: MergedProvider
}

/**
 * The refresh token grant (RFC 6749 §6). Throws ProviderFault with the provider's `error`, and AUTH_D010 if the provider is
 * unknown. Once the provider has answered with an access token, nothing of the answer is lost: it may have rotated the refresh token.
 */
export async function requestTokens({ event, config, options, token, signal }: Grant): Promise<ProviderTokens> {
  const settings = resolveSettings(config, options, token, getEnvironment(event).variables)
  const { fetch, getMetadata } = createProviderClient(settings.provider, { signal, isDev: import.meta.dev === true, discoveryAge: longest })
  const endpoint = settings.tokenEndpoint ?? (await getMetadata()).token_endpoint
  if (!endpoint) throw new ProviderFault('Configuration', `${settings.id} names no token endpoint`)
  const client = { client_id: settings.clientId }
  // `fetch` decides which addresses may be called.
  const http = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: fetch }
  const server = { issuer: String(settings.provider.issuer ?? endpoint), token_endpoint: endpoint }
  const response = await oauth.refreshTokenGrantRequest(server, client, toClientAuth(settings), token.refreshToken ?? '', http)
  const answer = await (await settings.conform?.(response.clone()) ?? response).json() as Record<string, unknown>
  if (!isText(answer.access_token)) throw new ProviderFault('Unavailable', `${settings.id} answered without an access token`)
  return {
    provider: settings.id,
    accessToken: answer.access_token,
    // RFC 6749 §6: a provider that sends no new one goes on with the old.
    refreshToken: isText(answer.refresh_token) ? answer.refresh_token : token.refreshToken,
    expiresAt: toExpiresAt(answer.expires_in),
  }
}

function toExpiresAt(expiresIn: unknown): number {
  const seconds = toExpiresIn(expiresIn)
  return seconds === undefined ? 0 : Math.floor(Date.now() / 1000 + seconds)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function resolveSettings({ providers }: RequestConfig, options: ProviderRefreshOptions, token: ProviderTokens, variables: Variables): Settings {
  const id = options.provider ?? token.provider ?? ''
  const name = id.toUpperCase().replace(/-/g, '_')
  const [clientId, clientSecret, issuer] = ['ID', 'SECRET', 'ISSUER'].map(key => variables[`AUTH_${name}_${key}`])
  // As Auth.js fills them in: what the definition says, then the environment.
  const found = findProvider(providers.map(entry => typeof entry === 'function' ? entry({ clientId, clientSecret, issuer }) : entry), id)
  const { token: own, client, ...provider } = (found ?? {}) as ProviderSettings
  const { url, conform } = typeof own === 'object' ? own : { url: own }
  const tokenEndpoint = (options.tokenEndpoint ?? url)?.toString()
  const merged = { ...found, id, type: found?.type ?? 'oauth', issuer: options.issuer ?? provider.issuer ?? issuer, token: { url: tokenEndpoint, conform } }
  if (!tokenEndpoint && !merged.issuer) throw new NuxtAuthError('AUTH_D010', { file, provider: id })
  return {
    id,
    tokenEndpoint,
    clientId: options.clientId ?? provider.clientId ?? clientId ?? '',
    clientSecret: options.clientSecret ?? provider.clientSecret ?? clientSecret,
    clientAuth: options.clientAuth ?? client?.token_endpoint_auth_method,
    conform,
    provider: merged,
  }
}

/** A provider as the definition has it; Auth.js's types have a kind for each. */
interface ProviderSettings {
  issuer?: string
  token?: string | { url?: string | URL, conform?: Settings['conform'] }
  clientId?: string
  clientSecret?: string
  client?: { token_endpoint_auth_method?: string }
}

function toClientAuth({ id, clientId, clientSecret = '', clientAuth = 'client_secret_basic' }: Settings): ClientAuth {
  if (clientAuth === 'client_secret_post') return oauth.ClientSecretPost(clientSecret)
  if (clientAuth === 'client_secret_jwt') return oauth.ClientSecretJwt(clientSecret)
  if (clientAuth === 'none') return oauth.None()
  if (clientAuth !== 'client_secret_basic') throw new NuxtAuthError('AUTH_D010', { file, provider: `${id}, ${clientAuth}` })
  // As Auth.js writes it at sign-in: RFC 6749's stricter encoding is more than some providers decode.
  const encode = (text: string) => encodeURIComponent(text).replace(/%20/g, '+')
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`)
}
