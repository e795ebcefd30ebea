import type { AuthConfig } from '@auth/core/types'
import type { JWTOptions } from '@auth/core/jwt'
import type { AdapterUser } from '@auth/core/adapters'
import { NuxtAuthError } from '../../shared/errors'
import { requireAuthorizationParams } from './authorization-params'
import { bindAdapter, requireProviderAdapter, requireSessionAdapter, resolveStrategy } from './adapter'
import { toCallbacks } from '../callbacks/compose'
import { resolveCookies } from './cookies'
import type { Cookies } from './cookies'
import { requireFit } from '../http/cookies'
import { requireSecrets } from './environment'
import type { Environment } from './environment'
import { requireKnownKeys, requireProviders } from './definition'
import { acceptUserUpdate } from '../callbacks/extend'
import type { RuntimeExtend, RuntimeRefresh } from '../callbacks/extend'
import type { FederatedSignOut } from '../token/federated-claim'
import type { PageTexts } from '../pages/texts'
import { resolveProviders } from './providers'
import type { MergedProvider } from './providers'
import { resolveLifetimes } from './lifetime'
import type { Lifetimes, SessionOptions } from './lifetime'
import { decodeToken, encodeToken } from '../token/codec'

/** The keys that this module adds to Auth.js's config. */
interface OwnKeys {
  texts?: Partial<PageTexts>
  authorizationParams?: string[]
  federatedSignOut?: FederatedSignOut
}

/** A definition at run time, without its inferred types. */
export interface RuntimeDefinition extends Omit<AuthConfig, 'session'>, OwnKeys {
  extend?: RuntimeExtend
  session?: SessionOptions
}

/** The deployment that a definition runs in. */
export interface Place {
  environment: Environment
  /** Public origin, such as `https://app.example`. */
  origin: string
  /** Base path with `app.baseURL`, such as `/api/auth`. */
  basePath: string
  /** Path of the app's own sign-in page with `app.baseURL`, or ''. */
  signIn: string
  /** The definition's file, for messages. */
  file: string
  isDev: boolean
}

/** Auth.js's config, with every default that this module relies on. */
export interface ResolvedConfig extends AuthConfig, OwnKeys {
  providers: MergedProvider[]
  secret: string[]
  basePath: string
  cookies: Cookies
  session: Lifetimes & { strategy: 'jwt' | 'database' }
  jwt: JWTOptions
  callbacks: NonNullable<AuthConfig['callbacks']>
  /** The columns of a database user that `extend.update` changes. */
  acceptUserUpdate: (user: AdapterUser, input: unknown) => Promise<Record<string, unknown>>
  refresh: RuntimeRefresh | undefined
  /** Whether a read may change the token: with `callbacks.jwt` or `extend.revalidate`. */
  changesTokens: boolean
}

/** Checks a definition. Throws AUTH_D001, AUTH_D002, AUTH_D005, AUTH_D012 to AUTH_D014, AUTH_D050. */
export function validateDefinition(value: unknown, file: string): RuntimeDefinition {
  if (!isDefinition(value)) throw new NuxtAuthError('AUTH_D001', { file })
  const definition = value
  const isDatabase = resolveStrategy(definition) === 'database'
  requireKnownKeys(definition, isDatabase, file)
  requireProviders(definition.providers, file)
  requireAuthorizationParams(definition.authorizationParams, file)
  if (isDatabase) requireSessionAdapter(definition.adapter, file)
  requireProviderAdapter(definition, file)
  return definition
}

/** The shape only: the checks that follow read it with care. */
function isDefinition(value: unknown): value is RuntimeDefinition {
  return typeof value === 'object' && value !== null && 'providers' in value && Array.isArray(value.providers)
}

/** Definition + place → Auth.js config. A new object: the definition is never changed. Throws AUTH_S001, AUTH_S002. */
export function toAuthConfig(definition: RuntimeDefinition, place: Place): ResolvedConfig {
  const { extend: _, ...rest } = definition
  const strategy = resolveStrategy(definition)
  const lifetimes = resolveLifetimes(definition.session ?? {}, strategy, definition.extend?.revalidate, place.file)
  const { variables } = place.environment
  const encode = definition.jwt?.encode ?? encodeToken
  const isSecure = definition.useSecureCookies ?? place.origin.startsWith('https:')
  return {
    ...rest,
    providers: resolveProviders(definition.providers, variables),
    redirectProxyUrl: definition.redirectProxyUrl ?? variables.AUTH_REDIRECT_PROXY_URL,
    secret: requireSecrets(definition.secret, place.environment, place.isDev),
    basePath: place.basePath,
    // `resolveOrigin` has already decided which origin to trust.
    trustHost: true,
    useSecureCookies: isSecure,
    // Debug logs contain codes, tokens and passwords.
    debug: place.isDev && (definition.debug ?? false),
    pages: { ...definition.pages, signIn: definition.pages?.signIn ?? (place.signIn || undefined) },
    cookies: resolveCookies(definition.cookies, isSecure),
    adapter: definition.adapter && bindAdapter(definition.adapter),
    session: { ...definition.session, ...lifetimes, strategy },
    jwt: {
      maxAge: lifetimes.maxAge,
      decode: decodeToken,
      ...definition.jwt,
      encode: async params => requireFit(await encode(params), params.token),
    },
    callbacks: toCallbacks(definition, strategy, lifetimes, place.file),
    acceptUserUpdate: (user, input) => acceptUserUpdate(definition.extend ?? {}, user, input, place.file),
    refresh: definition.extend?.refresh,
    changesTokens: Boolean(definition.callbacks?.jwt ?? definition.extend?.revalidate),
  }
}
