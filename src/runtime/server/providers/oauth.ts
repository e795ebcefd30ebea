import { customFetch } from '@auth/core'
import { isOAuth } from '../config/providers'
import type { MergedProvider, OAuthProvider } from '../config/providers'
import { createProviderClient } from './client'
import type { ProviderClient } from './client'
import { hideEndpoints, isDiscovery, toEndpoints, toUrl } from './discovery'
import { ProviderFault, providerTimeout, within } from './fetch'
import { requireSignature } from './id-token'
import type { Metadata } from './id-token'
import { toExpiresIn } from './lifetime'

/** What the provider calls of one request share. */
export interface Flow {
  /** Ends all calls at once, a fixed time after the first one. */
  readonly signal: AbortSignal
  isDev: boolean
  /** The last error that Auth.js reported: why the sign-in failed. */
  error?: unknown
  /** `error` of the provider's answer. */
  answered?: unknown
}

/** A flow whose time limit starts with the first call: most requests call no provider and need no timer. */
export class LazyFlow implements Flow {
  error?: unknown
  #signal?: AbortSignal

  constructor(readonly isDev: boolean, readonly answered?: unknown) {}

  get signal(): AbortSignal {
    return this.#signal ??= AbortSignal.timeout(providerTimeout)
  }
}

/** The OAuth and OIDC providers with all of their calls limited and their id_tokens verified. New objects. */
export function guardOAuthProviders(providers: MergedProvider[], flow: Flow): MergedProvider[] {
  return providers.map((provider) => {
    if (!isOAuth(provider)) return provider
    const fetch = toCheckedFetch(provider, createProviderClient(provider, flow))
    const limited = limitCallbacks(hideEndpoints(provider), flow)
    const guarded = { ...limited, checks: resolveChecks(provider), [customFetch]: fetch }
    // TypeScript can't tell that `nonce` is a check of OIDC providers only.
    return guarded as OAuthProvider
  })
}

type Check = NonNullable<OAuthProvider['checks']>[number]

/** Issuers whose id_tokens have no `nonce`. https://github.com/linkedin-developers/linkedin-api-js-client/issues/34 */
const withoutNonce = ['https://www.linkedin.com/oauth']

/**
 * The checks that bind a provider's answer to the browser that started the flow: always `state`, and `nonce` with
 * OpenID Connect. PKCE alone leaves the check to the provider, and some skip it.
 * https://www.rfc-editor.org/rfc/rfc9700#section-4.7.1
 */
function resolveChecks({ type, issuer, checks = ['pkce'] }: OAuthProvider): Check[] {
  const own = new Set<Check>(checks)
  const hasNonce = own.has('nonce') || (type === 'oidc' && !withoutNonce.includes(String(issuer)))
  return [...own.has('pkce') ? ['pkce' as const] : [], 'state', ...hasNonce ? ['nonce' as const] : []]
}

/** The client's `fetch` for Auth.js: id_tokens of the token endpoint are verified, and lifetimes are valid. */
function toCheckedFetch(provider: OAuthProvider, { fetch: call, getMetadata }: ProviderClient): typeof fetch {
  const signing = { alg: provider.client?.id_token_signed_response_alg, secret: provider.clientSecret }
  return async (input, init) => {
    const answer = await call(input, init)
    if (isDiscovery(toUrl(input), init)) return await withEndpoints(answer, provider)
    if (init?.method?.toUpperCase() !== 'POST') return answer
    const tokens = await readTokens(answer)
    if (provider.type === 'oidc' && typeof tokens?.id_token === 'string') {
      await requireSignature(tokens.id_token, getOwnMetadata(provider) ?? await getMetadata(), signing, call)
    }
    return tokens && 'expires_in' in tokens ? withLifetime(answer, tokens) : answer
  }
}

/** A discovery document, in which the endpoints of the definition take precedence. */
async function withEndpoints(answer: Response, provider: OAuthProvider): Promise<Response> {
  const endpoints = toEndpoints(provider)
  return Object.keys(endpoints).length > 0 ? Response.json({ ...await answer.json(), ...endpoints }, answer) : answer
}

/** The keys that the definition names itself: its issuer may be a host that only browsers reach. */
function getOwnMetadata({ issuer, jwks_endpoint: keys }: OAuthProvider): Metadata | undefined {
  return keys ? { issuer, jwks_uri: keys } : undefined
}

/** Undefined if the answer is not a JSON object: the definition's `conform` may still read it. */
async function readTokens(answer: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = await answer.clone().json()
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  }
  catch {
    return undefined
  }
}

// Auth.js refuses the whole sign-in if `expires_in` is not a positive number.
function withLifetime(answer: Response, { expires_in: expiresIn, ...tokens }: Record<string, unknown>): Response {
  const seconds = toExpiresIn(expiresIn)
  return seconds === expiresIn ? answer : Response.json({ ...tokens, ...(seconds && { expires_in: seconds }) }, answer)
}

/** Puts the flow's time limit on `profile` and `userinfo.request`, which may call the provider by themselves. */
function limitCallbacks(provider: OAuthProvider, flow: Flow): OAuthProvider {
  const { id, profile, userinfo } = provider
  const request = typeof userinfo === 'object' ? userinfo.request : undefined
  return {
    ...provider,
    ...(profile && {
      profile: async (...input: Parameters<typeof profile>) => {
        const user = await within(flow.signal, `the profile of ${id}`, async () => await profile(...input))
        return requireId(user, id)
      },
    }),
    ...(request && {
      userinfo: {
        ...userinfo,
        request: async (context: unknown) => {
          const run = () => request(context)
          return await within(flow.signal, `the userinfo of ${id}`, run).catch(toOutage)
        },
      },
    }),
  }
}

function toOutage(cause: unknown): never {
  if (cause instanceof ProviderFault) throw cause
  throw new ProviderFault('Unavailable', 'the userinfo of the provider could not be read', { cause })
}

/** What a missing id looks like once `profile` has made a string of it: all users would share one account. */
const invalidIds = ['', 'undefined', 'null', 'NaN', '[object Object]']

function requireId<User extends { id?: unknown }>(user: User, provider: string): User {
  const id = user?.id
  if (id === undefined || !invalidIds.includes(String(id))) return user
  throw new ProviderFault('OAuthCallbackError', `${provider} sent a profile without an id`)
}
