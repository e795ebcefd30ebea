import * as oauth from 'oauth4webapi'
import type { AuthorizationServer, ClientAuth } from 'oauth4webapi'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { getEnvironment } from '../config/environment'
import type { Variables } from '../config/environment'
import { findProvider } from '../providers/resolve'

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
  issuer?: string
  tokenEndpoint?: string
  clientId: string
  clientSecret?: string
  clientAuth?: string
  /** The definition's own way to read an answer that is not as RFC 6749 says. */
  conform?: (response: Response) => Promise<Response | undefined>
  fetch?: typeof fetch
}

/** How long a discovery document counts, in milliseconds; and how many are kept at most. */
const discoveryTime = 10 * 60_000
const maxServers = 16
const servers = new Map<string, { server: Promise<AuthorizationServer>, until: number }>()

/** The refresh token grant (RFC 6749 §6). Throws what oauth4webapi throws, AUTH_D010 for a provider that is not there. */
export async function requestTokens({ event, config, options, token, signal }: Grant): Promise<ProviderTokens> {
  const settings = resolveSettings(config, options, token, getEnvironment(event).variables)
  const http = { signal, [oauth.allowInsecureRequests]: import.meta.dev === true || isLoopback(settings), ...(settings.fetch && { [oauth.customFetch]: settings.fetch }) }
  const server = settings.tokenEndpoint ? { issuer: settings.issuer ?? settings.tokenEndpoint, token_endpoint: settings.tokenEndpoint } : await discover(settings.issuer ?? '', http)
  const client = { client_id: settings.clientId }
  const response = await oauth.refreshTokenGrantRequest(server, client, toClientAuth(settings), token.refreshToken ?? '', http)
  const conformed = await settings.conform?.(response.clone()) ?? response
  const result = await oauth.processRefreshTokenResponse(server, client, await withoutIdToken(conformed))
  return {
    provider: settings.id,
    accessToken: result.access_token,
    // RFC 6749 §6: a provider that sends no new one goes on with the old.
    refreshToken: result.refresh_token ?? token.refreshToken,
    expiresAt: result.expires_in === undefined ? 0 : Math.floor(Date.now() / 1000 + result.expires_in),
  }
}

function resolveSettings({ providers }: RequestConfig, options: ProviderRefreshOptions, token: ProviderTokens, variables: Variables): Settings {
  const id = options.provider ?? token.provider ?? ''
  const name = id.toUpperCase().replace(/-/g, '_')
  const [clientId, clientSecret, issuer] = ['ID', 'SECRET', 'ISSUER'].map(key => variables[`AUTH_${name}_${key}`])
  // As Auth.js fills them in: what the definition says, then the environment.
  const provider = findProvider(providers.map(entry => typeof entry === 'function' ? entry({ clientId, clientSecret, issuer }) : entry), id) as ProviderSettings | undefined
  const endpoint = options.tokenEndpoint ?? (typeof provider?.token === 'object' ? provider.token.url : provider?.token)
  const settings = {
    id,
    issuer: options.issuer ?? provider?.issuer ?? issuer,
    tokenEndpoint: endpoint?.toString(),
    clientId: options.clientId ?? provider?.clientId ?? clientId ?? '',
    clientSecret: options.clientSecret ?? provider?.clientSecret ?? clientSecret,
    clientAuth: options.clientAuth ?? provider?.client?.token_endpoint_auth_method,
    conform: typeof provider?.token === 'object' ? provider.token.conform : undefined,
    fetch: findFetch(provider),
  }
  if (!settings.tokenEndpoint && !settings.issuer) throw new NuxtAuthError('AUTH_D010', { file, provider: id })
  return settings
}

/** A provider as the definition has it; Auth.js's types have a kind for each. */
interface ProviderSettings {
  issuer?: string
  token?: string | { url?: string | URL, conform?: Settings['conform'] }
  clientId?: string
  clientSecret?: string
  client?: { token_endpoint_auth_method?: string }
}

// Auth.js's `customFetch`, by its name: to import it would load all of Auth.js.
function findFetch(provider: object | undefined): typeof fetch | undefined {
  const key = Object.getOwnPropertySymbols(provider ?? {}).find(({ description }) => description === 'custom-fetch')
  return key && (provider as Record<symbol, typeof fetch>)[key]
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

async function discover(issuer: string, http: oauth.DiscoveryRequestOptions): Promise<AuthorizationServer> {
  const known = servers.get(issuer)
  if (known && known.until > Date.now()) return await known.server
  const url = new URL(issuer)
  const server = oauth.discoveryRequest(url, http).then(response => oauth.processDiscoveryResponse(url, response))
  if (servers.size >= maxServers) servers.delete(servers.keys().next().value ?? '')
  servers.set(issuer, { server, until: Date.now() + discoveryTime })
  server.catch(() => servers.delete(issuer))
  return await server
}

// It is not used, and by now the new refresh token exists: what an id_token says must not make us lose it.
async function withoutIdToken(response: Response): Promise<Response> {
  if (!response.ok) return response
  const { id_token: _, ...rest } = await response.json() as { id_token?: string }
  return Response.json(rest)
}

function isLoopback({ tokenEndpoint, issuer }: Settings): boolean {
  return /^http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)/.test(tokenEndpoint ?? issuer ?? '')
}
