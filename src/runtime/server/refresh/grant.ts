import * as oauth from 'oauth4webapi'
import type { ClientAuth } from 'oauth4webapi'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent } from '../../shared/types'
import { getEnvironment } from '../config/environment'
import type { Variables } from '../config/environment'
import type { RequestConfig } from '../config/load'
import { isOAuth, toVariablePrefix } from '../config/providers'
import { ProviderFault } from '../providers/fetch'
import { longest } from '../providers/discovery'
import { toExpiresIn } from '../providers/lifetime'
import { createProviderClient } from '../providers/client'
import type { CalledProvider } from '../providers/client'

/** The claims that `refreshWithProvider` keeps fresh. */
export interface ProviderTokens {
  /** ID of the provider that issued them. */
  provider?: string
  accessToken?: string
  refreshToken?: string
  /** Expiry of the access token in seconds since 1970; 0 if the provider doesn't give one. */
  expiresAt?: number
}

/** Settings that replace the provider's own. */
export interface ProviderRefreshOptions {
  /** ID of the provider. Default: the one that the token names. */
  provider?: string
  /**
   * How many seconds before its expiry an access token is replaced.
   * @default 30
   */
  leeway?: number
  /** URL of the token endpoint. Default: the provider's `token`, or the one in its issuer's discovery document. */
  tokenEndpoint?: string
  issuer?: string
  clientId?: string
  clientSecret?: string
  /** How the client authenticates. Default: the provider's `client.token_endpoint_auth_method`. */
  clientAuth?: 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'none'
}

interface Grant {
  event: AuthEvent
  config: Pick<RequestConfig, 'providers'>
  options: ProviderRefreshOptions
  token: ProviderTokens
  signal: AbortSignal
}

interface Settings {
  id: string
  tokenEndpoint?: string
  clientId: string
  clientSecret?: string
  clientAuth?: string
  /** Auth.js's hook for providers whose responses deviate from RFC 6749. */
  conform?: (response: Response) => Promise<Response | undefined>
  /** The provider, with the options on top. */
  provider: CalledProvider
}

/** The fields of a provider that a grant uses. Auth.js has a type for each kind of provider, none for all. */
interface ProviderSettings {
  issuer?: string
  token?: string | { url?: string | URL, conform?: Settings['conform'] }
  clientId?: string
  clientSecret?: string
  client?: { token_endpoint_auth_method?: string }
}

/**
 * The refresh token grant (RFC 6749 §6). Once the response has an access token, the rest of it can't make the grant
 * fail, because the provider may have rotated the refresh token.
 * Throws ProviderFault with the provider's `error`, and AUTH_D010 if the provider is unknown or has no endpoint.
 */
export async function requestTokens(grant: Grant): Promise<ProviderTokens> {
  const { event, token, signal } = grant
  const settings = resolveSettings(grant, getEnvironment(event).variables)
  const calls = { signal, isDev: import.meta.dev === true, discoveryAge: longest }
  const { fetch, getMetadata } = createProviderClient(settings.provider, calls)
  const endpoint = settings.tokenEndpoint ?? (await getMetadata()).token_endpoint
  if (!endpoint) throw new ProviderFault('Configuration', `${settings.id} names no token endpoint`)
  const client = { client_id: settings.clientId }
  // `fetch` decides which URLs are allowed.
  const http = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: fetch }
  const server = { issuer: String(settings.provider.issuer ?? endpoint), token_endpoint: endpoint }
  const auth = toClientAuth(settings)
  const response = await oauth.refreshTokenGrantRequest(server, client, auth, token.refreshToken ?? '', http)
  const conformed = await settings.conform?.(response.clone()) ?? response
  return toTokens(settings.id, await conformed.json(), token)
}

function toTokens(provider: string, answer: Record<string, unknown>, before: ProviderTokens): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = answer
  if (!isText(accessToken)) throw new ProviderFault('Unavailable', `${provider} answered without an access token`)
  return {
    provider,
    accessToken,
    // RFC 6749 §6: without a new refresh token, the old one stays valid.
    refreshToken: isText(refreshToken) ? refreshToken : before.refreshToken,
    expiresAt: toExpiresAt(expiresIn),
  }
}

function toExpiresAt(expiresIn: unknown): number {
  const seconds = toExpiresIn(expiresIn)
  return seconds === undefined ? 0 : Math.floor(Date.now() / 1000 + seconds)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Each setting from the options, the definition or the environment, in this order. Throws AUTH_D010. */
function resolveSettings({ config, options, token }: Grant, variables: Variables): Settings {
  const id = options.provider ?? token.provider ?? ''
  const environment = readVariables(id, variables)
  const found = config.providers.filter(isOAuth).find(provider => provider.id === id)
  // Auth.js's types don't say which fields a provider of unknown kind has.
  const own = (found ?? {}) as ProviderSettings
  const { url, conform } = typeof own.token === 'object' ? own.token : { url: own.token }
  const tokenEndpoint = (options.tokenEndpoint ?? url)?.toString()
  const issuer = options.issuer ?? own.issuer ?? environment.issuer
  if (!tokenEndpoint && !issuer) throw new NuxtAuthError('AUTH_D010', { file, provider: id })
  return {
    id,
    tokenEndpoint,
    clientId: options.clientId ?? own.clientId ?? environment.clientId ?? '',
    clientSecret: options.clientSecret ?? own.clientSecret ?? environment.clientSecret,
    clientAuth: options.clientAuth ?? own.client?.token_endpoint_auth_method,
    conform,
    provider: { ...found, id, type: found?.type ?? 'oauth', issuer, token: { url: tokenEndpoint, conform } },
  }
}

/** The settings that Auth.js takes from environment variables, such as `AUTH_GITHUB_ID`. */
function readVariables(id: string, variables: Variables): Omit<ProviderSettings, 'token' | 'client'> {
  const prefix = toVariablePrefix(id)
  return {
    clientId: variables[`${prefix}ID`],
    clientSecret: variables[`${prefix}SECRET`],
    issuer: variables[`${prefix}ISSUER`],
  }
}

/** How the client authenticates (RFC 6749 §2.3). Throws AUTH_D010 for an unknown method. */
function toClientAuth({ id, clientId, clientSecret = '', clientAuth = 'client_secret_basic' }: Settings): ClientAuth {
  if (clientAuth === 'client_secret_post') return oauth.ClientSecretPost(clientSecret)
  if (clientAuth === 'client_secret_jwt') return oauth.ClientSecretJwt(clientSecret)
  if (clientAuth === 'none') return oauth.None()
  if (clientAuth !== 'client_secret_basic') {
    throw new NuxtAuthError('AUTH_D010', { file, provider: `${id}, ${clientAuth}` })
  }
  // The same encoding as Auth.js's at sign-in: some providers don't decode the stricter one of RFC 6749.
  const credentials = btoa(`${encodeFormValue(clientId)}:${encodeFormValue(clientSecret)}`)
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`)
}

function encodeFormValue(text: string): string {
  return encodeURIComponent(text).replace(/%20/g, '+')
}
