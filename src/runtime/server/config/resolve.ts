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

/** A definition at run time: Auth.js's config and what this module adds. */
export type RuntimeDefinition = Omit<AuthConfig, 'session'> & { extend?: RuntimeExtend, session?: SessionOptions } & Pick<ResolvedConfig, 'authorizationParams' | 'federatedSignOut' | 'texts'>

/** Where a definition runs. */
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

/** What Auth.js gets, with every default filled in that this module relies on itself. */
export interface ResolvedConfig extends AuthConfig {
  providers: MergedProvider[]
  secret: string[]
  basePath: string
  cookies: Cookies
  session: Lifetimes & { strategy: 'jwt' | 'database' }
  jwt: JWTOptions
  callbacks: NonNullable<AuthConfig['callbacks']>
  texts?: Partial<PageTexts>
  authorizationParams?: string[]
  federatedSignOut?: FederatedSignOut
  /** What `extend.update` takes over into the row of a database user. */
  acceptUserUpdate: (user: AdapterUser, input: unknown) => Promise<Record<string, unknown>>
  refresh: RuntimeRefresh | undefined
  /** Whether the definition has a say in a token that is read: `callbacks.jwt` or `extend.revalidate`. */
  changesTokens: boolean
}

/** Checks what the definition's file exports. Throws AUTH_D001, AUTH_D002, AUTH_D005, AUTH_D012 to AUTH_D014, AUTH_D050. */
export function validateDefinition(value: unknown, file: string): RuntimeDefinition {
  const definition = value as Partial<RuntimeDefinition> | null
  if (typeof definition !== 'object' || !definition || !Array.isArray(definition.providers)) throw new NuxtAuthError('AUTH_D001', { file })
  const isDatabase = resolveStrategy(definition) === 'database'
  requireKnownKeys(definition, isDatabase, file)
  requireProviders(definition.providers, file)
  requireAuthorizationParams(definition.authorizationParams, file)
  if (isDatabase) requireSessionAdapter(definition.adapter, file)
  requireProviderAdapter({ adapter: definition.adapter, providers: definition.providers }, file)
  return definition as RuntimeDefinition
}

/** Definition + place → Auth.js config. A new object: the definition is never changed. Throws AUTH_S001, AUTH_S002. */
export function toAuthConfig(definition: RuntimeDefinition, place: Place): ResolvedConfig {
  const { extend: _, ...rest } = definition
  const strategy = resolveStrategy(definition)
  const lifetimes = resolveLifetimes(definition.session ?? {}, strategy, definition.extend?.revalidate, place.file)
  const isSecure = definition.useSecureCookies ?? place.origin.startsWith('https:')
  return {
    ...rest,
    providers: resolveProviders(definition.providers, place.environment.variables),
    redirectProxyUrl: definition.redirectProxyUrl ?? place.environment.variables.AUTH_REDIRECT_PROXY_URL,
    secret: requireSecrets(definition.secret, place.environment, place.isDev),
    basePath: place.basePath,
    // The origin is already decided, by this module's own rules.
    trustHost: true,
    useSecureCookies: isSecure,
    // What a debug log holds (codes, tokens, passwords) has no place in production.
    debug: place.isDev && (definition.debug ?? false),
    pages: { ...definition.pages, signIn: definition.pages?.signIn ?? (place.signIn || undefined) },
    cookies: resolveCookies(definition.cookies, isSecure),
    adapter: definition.adapter && bindAdapter(definition.adapter),
    session: { ...definition.session, ...lifetimes, strategy },
    jwt: { maxAge: lifetimes.maxAge, decode: decodeToken, ...definition.jwt, encode: async params => requireFit(await (definition.jwt?.encode ?? encodeToken)(params), params.token) },
    callbacks: toCallbacks(definition, strategy, lifetimes, place.file),
    acceptUserUpdate: (user, input) => acceptUserUpdate(definition.extend ?? {}, user, input, place.file),
    refresh: definition.extend?.refresh,
    changesTokens: Boolean(definition.callbacks?.jwt ?? definition.extend?.revalidate),
  }
}
