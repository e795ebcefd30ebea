import { customFetch } from '@auth/core'
import type { AuthConfig, User } from '@auth/core/types'
import { ProviderFault, providerTimeout, within } from './client'
import { requireSignature } from './id-token'
import type { Metadata } from './id-token'
import { toExpiresIn } from './lifetime'
import { createProviderClient } from './provider-client'
import type { ProviderClient } from './provider-client'
import { mergeProvider } from './resolve'
import type { MergedProvider } from './resolve'

/** What the provider calls of one request share. */
export interface Flow {
  /** Ends them all at once, some time after it was first asked for. */
  readonly signal: AbortSignal
  isDev: boolean
  /** What Auth.js reported last: why the sign-in failed, where it did. */
  error?: unknown
  /** `error` of the provider's answer. */
  answered?: unknown
}

type Provider = Exclude<AuthConfig['providers'][number], (...rest: never[]) => unknown>
/** The functions of a provider that may call it, each with whatever Auth.js hands over. */
interface Parts {
  profile?: (...rest: unknown[]) => unknown
  userinfo?: string | { request?: (...rest: unknown[]) => unknown }
}

/** A flow whose time begins with its first call: most requests call no provider, and pay for no timer. */
export class LazyFlow implements Flow {
  error?: unknown
  #signal?: AbortSignal

  constructor(readonly isDev: boolean, readonly answered?: unknown) {}

  get signal(): AbortSignal {
    return this.#signal ??= AbortSignal.timeout(providerTimeout)
  }
}

/** The OAuth and OIDC providers with everything that they call bounded, and their id_tokens checked. New objects. */
export function guardOAuthProviders(providers: AuthConfig['providers'], flow: Flow): AuthConfig['providers'] {
  return providers.map((provider) => {
    if (typeof provider === 'function' || (provider.type !== 'oauth' && provider.type !== 'oidc')) return provider
    const merged = mergeProvider(provider)
    const fetch = toCheckedFetch(merged, createProviderClient(merged, flow))
    const checks = resolveChecks(merged)
    const options = provider.options && { ...limit(provider.options as Parts, provider.id, flow), checks }
    // Spreading keeps what Auth.js hangs on a provider by symbol. What is limited keeps its shape.
    return { ...limit(provider as Parts, provider.id, flow), options, checks, [customFetch]: fetch } as Provider
  })
}

/** Issuers that leave a `nonce` out of their id_tokens. https://github.com/linkedin-developers/linkedin-api-js-client/issues/34 */
const withoutNonce = ['https://www.linkedin.com/oauth']

/**
 * What ties a provider's answer to the browser that started the flow: `state` always, and `nonce` with OpenID Connect. PKCE
 * alone is the provider's to check, and some don't. https://www.rfc-editor.org/rfc/rfc9700#section-4.7.1
 */
function resolveChecks({ type, issuer, checks = ['pkce'] }: MergedProvider): string[] {
  const hasNonce = type === 'oidc' && !withoutNonce.includes(String(issuer))
  return ['pkce', 'state', 'nonce'].filter(check => check === 'state' || (check === 'nonce' && hasNonce) || (checks as string[]).includes(check))
}

/** The client's `fetch`, for Auth.js: what comes from the token endpoint is signed by the provider, and has a sane lifetime. */
function toCheckedFetch(provider: MergedProvider, { fetch: call, getMetadata }: ProviderClient): typeof fetch {
  const isOidc = provider.type === 'oidc'
  const alg = (provider.client as { id_token_signed_response_alg?: string } | undefined)?.id_token_signed_response_alg
  const signing = { alg, secret: provider.clientSecret as string | undefined }
  return async (input, init) => {
    const answer = await call(input, init)
    if (init?.method?.toUpperCase() !== 'POST') return answer
    const tokens = await readTokens(answer)
    if (isOidc && typeof tokens?.id_token === 'string') await requireSignature(tokens.id_token, getOwnMetadata(provider) ?? await getMetadata(), signing, call)
    return tokens && 'expires_in' in tokens ? withLifetime(answer, tokens) : answer
  }
}

/** What the definition says itself: its issuer may be an address that only browsers reach. */
function getOwnMetadata({ issuer, jwks_endpoint: keys }: MergedProvider): Metadata | undefined {
  return typeof keys === 'string' ? { issuer: String(issuer), jwks_uri: keys } : undefined
}

/** Undefined if the answer is no JSON object: the definition's `conform` may still read it. */
async function readTokens(answer: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = await answer.clone().json()
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  }
  catch {
    return undefined
  }
}

// Auth.js refuses the whole sign-in if `expires_in` is no positive number.
function withLifetime(answer: Response, { expires_in: said, ...tokens }: Record<string, unknown>): Response {
  const seconds = toExpiresIn(said)
  return seconds === said ? answer : Response.json({ ...tokens, ...(seconds && { expires_in: seconds }) }, answer)
}

/** What a provider calls with a `fetch` of its own ends with the rest, and a profile has an identity. */
function limit(parts: Parts, id: string, flow: Flow): Parts {
  const { profile, userinfo } = parts
  const request = typeof userinfo === 'object' ? userinfo.request : undefined
  return {
    ...parts,
    ...(profile && { profile: async (...rest: unknown[]) => requireId(await within(flow.signal, `the profile of ${id}`, () => profile(...rest)), id) }),
    ...(request && { userinfo: { ...userinfo as object, request: (...rest: unknown[]) => within(flow.signal, `the userinfo of ${id}`, () => request(...rest)).catch(toOutage) } }),
  }
}

function toOutage(cause: unknown): never {
  if (cause instanceof ProviderFault) throw cause
  throw new ProviderFault('Unavailable', 'the userinfo of the provider could not be read', { cause })
}

// `String(profile.id)` of an answer without one would make everybody the same person.
function requireId(user: unknown, provider: string): unknown {
  const { id } = (user ?? {}) as User
  if (id !== undefined && ['', 'undefined', 'null', 'NaN', '[object Object]'].includes(String(id))) throw new ProviderFault('OAuthCallbackError', `${provider} sent a profile without an id`)
  return user
}
