import { customFetch } from '@auth/core'
import type { AuthConfig, User } from '@auth/core/types'
import { isDiscovery, keepDiscovery } from './discovery'
import { isCallable, toOwnUrls } from './address'
import { createProviderFetch, ProviderFault, providerTimeout, within } from './client'
import { requireSignature } from './id-token'
import type { Metadata } from './id-token'
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

/** The provider's side of a sign-in: its calls, and its discovery document, asked for at most once. */
export interface ProviderClient {
  fetch: typeof fetch
  getMetadata: () => Promise<Metadata>
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
    const { fetch } = createProviderClient(provider, flow)
    const checks = resolveChecks(mergeProvider(provider))
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

/** Calls of one provider in one request. What it answers at the token endpoint has been signed by it. */
export function createProviderClient(provider: Provider, flow: Flow): ProviderClient {
  const merged = mergeProvider(provider)
  const own = toOwnUrls(merged)
  const isOidc = merged.type === 'oidc'
  const send = toSend(provider)
  const calls = { send, isCallable: (url: URL) => isCallable(url, own, flow.isDev), isFree: !isOidc && hasConform(merged) }
  const call = keepDiscovery((...request) => createProviderFetch({ ...calls, signal: flow.signal })(...request), send)
  let metadata: Promise<Metadata> | undefined
  const getMetadata = () => metadata ??= discover(merged, call)
  const signing = { alg: (merged.client as { id_token_signed_response_alg?: string } | undefined)?.id_token_signed_response_alg, secret: merged.clientSecret as string | undefined }

  async function checkedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const answer = await call(input, init)
    if (!isOidc) return answer
    const isPost = init?.method?.toUpperCase() === 'POST'
    if (isDiscovery(new URL(input instanceof Request ? input.url : input), init)) metadata = answer.clone().json() as Promise<Metadata>
    const { id_token: idToken } = isPost ? await answer.clone().json() as { id_token?: unknown } : {}
    if (typeof idToken === 'string') await requireSignature(idToken, await getMetadata(), signing, call)
    return answer
  }
  return { fetch: checkedFetch, getMetadata }
}

async function discover({ issuer, wellKnown }: MergedProvider, call: typeof fetch): Promise<Metadata> {
  const expected = new URL(String(issuer))
  const address = wellKnown ?? `${expected.href.replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = await (await call(String(address), { headers: { accept: 'application/json' } })).json() as Metadata
  if (!URL.canParse(metadata.issuer ?? '') || new URL(metadata.issuer ?? '').href !== expected.href) throw new ProviderFault('Configuration', `${expected.origin} names another issuer than itself`)
  return metadata
}

// In Auth.js's order: what the provider brings, as Entra does, then the user's.
function toSend(provider: Provider): typeof fetch {
  const { [customFetch]: brought, options } = provider as { [customFetch]?: typeof fetch, options?: { [customFetch]?: typeof fetch } }
  return brought ?? options?.[customFetch] ?? plainFetch
}

// One for all: what is cached is cached by it. Asked for late: `fetch` may be replaced.
function plainFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request)
}

function hasConform({ token }: MergedProvider): boolean {
  return typeof token === 'object' && token !== null && 'conform' in token && token.conform !== undefined
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
