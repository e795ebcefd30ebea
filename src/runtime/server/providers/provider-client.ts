import { isCallable, toOwnUrls } from './address'
import type { ProviderUrls } from './address'
import { createProviderFetch, ProviderFault } from './client'
import { isDiscovery, keepDiscovery } from './discovery'
import type { Metadata } from './id-token'

/** The calls to one provider in one request: guarded, and its discovery document asked for at most once. */
export interface ProviderClient {
  fetch: typeof fetch
  getMetadata: () => Promise<Metadata>
}

/** What a call to a provider needs of its settings. */
export interface CalledProvider extends ProviderUrls {
  id: string
  type: string
  profile?: unknown
}

interface Calls {
  /** Ends all calls. */
  readonly signal: AbortSignal
  isDev: boolean
  /** Seconds for which a discovery document may be used again if its provider says nothing about that. */
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
    // Auth.js's default profile would give a list a random id.
    takesLists: !isOidc && provider.profile !== undefined,
  }
  // The time begins with the first call.
  const guarded: typeof fetch = (...request) => createProviderFetch({ ...settings, signal: calls.signal })(...request)
  const kept = keepDiscovery(guarded, send, calls.discoveryAge)
  let metadata: Promise<Metadata> | undefined

  async function call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const answer = await kept(input, init)
    if (isDiscovery(new URL(input instanceof Request ? input.url : input), init)) metadata = answer.clone().json() as Promise<Metadata>
    return answer
  }
  return { fetch: call, getMetadata: () => metadata ??= discover(provider, call) }
}

async function discover({ issuer, wellKnown }: CalledProvider, call: typeof fetch): Promise<Metadata> {
  const expected = new URL(String(issuer))
  const address = wellKnown ?? `${expected.href.replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = await (await call(String(address), { headers: { accept: 'application/json' } })).json() as Metadata
  if (!URL.canParse(metadata.issuer ?? '') || new URL(metadata.issuer ?? '').href !== expected.href) throw new ProviderFault('Configuration', `${expected.origin} names another issuer than itself`)
  return metadata
}

// Auth.js's `customFetch`, by its name: importing it would load all of Auth.js.
function findFetch(provider: object): typeof fetch | undefined {
  const key = Object.getOwnPropertySymbols(provider).find(({ description }) => description === 'custom-fetch')
  return key && (provider as Record<symbol, typeof fetch | undefined>)[key]
}

// One for all: what is cached is cached by it. Looked up late, because `fetch` may be replaced.
function plainFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request)
}

function hasConform({ token }: CalledProvider): boolean {
  return typeof token === 'object' && token !== null && 'conform' in token && token.conform !== undefined
}
