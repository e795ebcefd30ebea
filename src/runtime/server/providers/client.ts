import { isCallable, toOwnUrls } from './address'
import type { ProviderUrls } from './address'
import { isDiscovery, keepDiscovery, toUrl } from './discovery'
import { createProviderFetch, ProviderFault } from './fetch'
import type { Metadata } from './id-token'

/** The calls to one provider in one request: guarded, and its discovery document is requested at most once. */
export interface ProviderClient {
  fetch: typeof fetch
  /** The discovery document. Rejects with ProviderFault, also if it names another issuer than the provider's. */
  getMetadata: () => Promise<Metadata>
}

/** The settings of a provider that its calls depend on. */
export interface CalledProvider extends ProviderUrls {
  id: string
  type: string
  profile?: unknown
}

interface Calls {
  /** Ends all calls. */
  readonly signal: AbortSignal
  isDev: boolean
  /** Seconds for which a discovery document is reused if its provider sends no `Cache-Control`. */
  discoveryAge?: number
}

/** The one way to call a provider: for sign-ins, refreshes, discovery, keys and sign-outs. */
export function createProviderClient(provider: CalledProvider, calls: Calls): ProviderClient {
  const own = toOwnUrls(provider)
  const isOidc = provider.type === 'oidc'
  const send = findFetch(provider) ?? plainFetch
  const settings = {
    send,
    isCallable: (url: URL) => isCallable(url, own, calls.isDev),
    isFree: !isOidc && hasConform(provider),
    // Without a `profile` of its own, Auth.js would give a list a random id.
    takesLists: !isOidc && provider.profile !== undefined,
  }
  // `signal` is read with each call: the time limit starts with the first one.
  const guarded: typeof fetch = (...request) => createProviderFetch({ ...settings, signal: calls.signal })(...request)
  const cached = keepDiscovery(guarded, send, calls.discoveryAge)
  let metadata: Promise<Metadata> | undefined

  async function call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const answer = await cached(input, init)
    if (isDiscovery(toUrl(input), init)) metadata = answer.clone().json()
    return answer
  }
  return { fetch: call, getMetadata: () => metadata ??= discover(provider, call) }
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation */
async function discover({ issuer, wellKnown }: CalledProvider, call: typeof fetch): Promise<Metadata> {
  const expected = new URL(String(issuer))
  const url = wellKnown ?? `${expected.href.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await call(String(url), { headers: { accept: 'application/json' } })
  const metadata: Metadata = await answer.json()
  const named = metadata.issuer ?? ''
  if (URL.canParse(named) && new URL(named).href === expected.href) return metadata
  throw new ProviderFault('Configuration', `${expected.origin} names another issuer than itself`)
}

// By the description of Auth.js's symbol: importing `customFetch` would load all of Auth.js.
function findFetch(provider: object): typeof fetch | undefined {
  const key = Object.getOwnPropertySymbols(provider).find(({ description }) => description === 'custom-fetch')
  return key && Reflect.get(provider, key)
}

// One function for all providers, because caches are keyed by it. `fetch` is looked up late: tests and apps replace it.
function plainFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request)
}

function hasConform({ token }: CalledProvider): boolean {
  return typeof token === 'object' && token !== null && 'conform' in token && token.conform !== undefined
}
