import { defu } from 'defu'
import type { AuthConfig } from '@auth/core/types'
import type { JWT, JWTOptions } from '@auth/core/jwt'
import type { AdapterUser } from '@auth/core/adapters'
import { NuxtAuthError } from '../shared/errors'
import type { BaseSession } from '../shared/types'
import { requireAuthorizationParams } from './authorization-params'
import { bindAdapter, requireSessionAdapter, resolveStrategy } from './adapter'
import { requireFit, toHostCookies } from './cookies'
import type { SessionCookie } from './cookies'
import { requireSecrets } from './environment'
import type { Environment } from './environment'
import { acceptUpdate, acceptUserUpdate, extendSession, extendToken, keepReserved, requireFields } from './extend'
import type { RuntimeExtend } from './extend'
import { toFederatedClaim } from './federated'
import type { FederatedSignOut } from './federated'
import type { PageTexts } from './pages/texts'
import { decodeToken, defaultMaxAge, encodeToken } from './token'

/** A definition at run time: Auth.js's config and what this module adds. */
export type RuntimeDefinition = AuthConfig & { extend?: RuntimeExtend } & Pick<ResolvedConfig, 'authorizationParams' | 'federatedSignOut' | 'texts'>

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

type JwtParams = Parameters<NonNullable<NonNullable<AuthConfig['callbacks']>['jwt']>>[0]
/** Auth.js types its callback for both strategies at once; this is what the token strategy hands over. */
interface SessionParams { session: BaseSession, token: JWT, user?: AdapterUser }

/** What Auth.js gets, with every default filled in that this module relies on itself. */
export interface ResolvedConfig extends AuthConfig {
  secret: string[]
  basePath: string
  cookies: NonNullable<AuthConfig['cookies']> & { sessionToken: SessionCookie }
  session: { strategy: 'jwt' | 'database', maxAge: number, updateAge: number }
  jwt: JWTOptions
  callbacks: NonNullable<AuthConfig['callbacks']>
  texts?: Partial<PageTexts>
  authorizationParams?: string[]
  federatedSignOut?: FederatedSignOut
  /** What `extend.update` takes over into the row of a database user. */
  acceptUserUpdate: (user: AdapterUser, input: unknown) => Promise<Record<string, unknown>>
}

const extendKeys = ['token', 'session', 'update']

/** Checks what the definition's file exports. Throws AUTH_D001, AUTH_D002, AUTH_D005, AUTH_D012. */
export function validateDefinition(value: unknown, file: string): RuntimeDefinition {
  const definition = value as Partial<RuntimeDefinition> | null
  if (typeof definition !== 'object' || !definition || !Array.isArray(definition.providers)) throw new NuxtAuthError('AUTH_D001', { file })
  const isDatabase = resolveStrategy(definition) === 'database'
  const known = extendKeys.filter(key => !isDatabase || key !== 'token')
  const unknown = Object.keys(definition.extend ?? {}).find(key => !known.includes(key))
  if (unknown) throw new NuxtAuthError('AUTH_D002', { file, key: `extend.${unknown}`, known: `${known.join(', ')}${isDatabase ? ' (sessions in a database have no token)' : ''}` })
  requireAuthorizationParams(definition.authorizationParams, file)
  if (isDatabase) requireSessionAdapter(definition.adapter, file)
  return definition as RuntimeDefinition
}

/** Definition + place → Auth.js config. A new object: the definition is never changed. Throws AUTH_S001, AUTH_S002. */
export function toAuthConfig(definition: RuntimeDefinition, place: Place): ResolvedConfig {
  const { extend: _, ...rest } = definition
  const { maxAge = defaultMaxAge, updateAge = 24 * 60 * 60 } = definition.session ?? {}
  const strategy = resolveStrategy(definition)
  const isSecure = definition.useSecureCookies ?? place.origin.startsWith('https:')
  return {
    ...rest,
    providers: [...definition.providers],
    secret: requireSecrets(definition.secret, place.environment, place.isDev),
    basePath: place.basePath,
    // The origin is already decided, by this module's own rules.
    trustHost: true,
    useSecureCookies: isSecure,
    // What a debug log holds (codes, tokens, passwords) has no place in production.
    debug: place.isDev && (definition.debug ?? false),
    pages: { ...(place.signIn && { signIn: place.signIn }), ...definition.pages },
    cookies: { ...toHostCookies(definition.cookies, isSecure), sessionToken: toSessionCookie(definition.cookies?.sessionToken, isSecure) },
    adapter: definition.adapter && bindAdapter(definition.adapter),
    session: { ...definition.session, strategy, maxAge, updateAge },
    jwt: { maxAge, decode: decodeToken, ...definition.jwt, encode: async params => requireFit(await (definition.jwt?.encode ?? encodeToken)(params)) },
    callbacks: toCallbacks(definition, strategy, place.file),
    acceptUserUpdate: (user, input) => acceptUserUpdate(definition.extend ?? {}, user, input, place.file),
  }
}

function toSessionCookie(wish: { name?: string, options?: object } | undefined, isSecure: boolean): SessionCookie {
  const options = defu(wish?.options, { httpOnly: true, sameSite: 'lax' as const, path: '/', secure: isSecure })
  const prefix = !options.secure ? '' : 'domain' in options || options.path !== '/' ? '__Secure-' : '__Host-'
  return { name: wish?.name ?? `${prefix}authjs.session-token`, options }
}

/** The definition's callbacks, each after the extension, whose result it sees. */
function toCallbacks({ extend = {}, callbacks = {}, federatedSignOut }: RuntimeDefinition, strategy: 'jwt' | 'database', file: string): ResolvedConfig['callbacks'] {
  const jwt = async (params: JwtParams) => {
    // Auth.js asks for a token of credentials also where there are none.
    if (strategy === 'database') return params.token
    if (params.trigger === 'update') return await updateToken(extend, callbacks.jwt, params, file)
    const token = params.user ? { ...await extendToken(extend, params.token, params, file), ...toFederatedClaim(federatedSignOut, params.account) } : params.token
    return callbacks.jwt ? await callbacks.jwt({ ...params, token }) : token
  }
  const session = async (params: SessionParams) => {
    const extended = await extendSession(extend, params.session, params, file)
    const result = callbacks.session ? defu(requireFields(await callbacks.session({ ...params, session: extended } as never), params.user, file), params.session) : extended
    // As plain JSON, so that a page and an API answer hold the same.
    return JSON.parse(JSON.stringify(result)) as BaseSession
  }
  return { ...callbacks, jwt, session: session as never }
}

/** The callback sees what the definition accepted, never what the client sent, and no claim of identity changes. */
async function updateToken(extend: RuntimeExtend, jwt: NonNullable<AuthConfig['callbacks']>['jwt'], params: JwtParams, file: string): Promise<JWT | null> {
  const accepted = await acceptUpdate(extend, params.token, params.session, file)
  const token = { ...params.token, ...accepted }
  const after = jwt ? await jwt({ ...params, token, session: accepted }) : token
  return after && keepReserved(params.token, after)
}
