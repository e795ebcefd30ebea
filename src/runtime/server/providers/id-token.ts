import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { BoundedMap } from '../../shared/bounded-map'
import { ProviderFault } from './fetch'

/** The fields of a discovery document that are used. https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
export interface Metadata {
  issuer?: string
  jwks_uri?: string
  token_endpoint?: string
  end_session_endpoint?: string
  id_token_signing_alg_values_supported?: unknown
}

/** How the client has its id_tokens signed. */
export interface Signing {
  /** `id_token_signed_response_alg` of the client. */
  alg?: string
  /** The client's secret: the key of HS256, HS384 and HS512, and only if `alg` is one of them. */
  secret?: string
}

/** Signatures that a public key verifies. `none` and a shared secret are never among them. */
const asymmetric = /^(?:[RP]S|ES)(?:256|384|512)$|^Ed(?:DSA|25519)$/
/** How long a provider's keys are used without another request, in milliseconds. */
const maxAge = 10 * 60_000
/** How soon an unknown key may cause another request, in milliseconds. */
const cooldown = 30_000

interface CachedKeys { keys: JSONWebKeySet, at: number }
const cache = new BoundedMap<string, CachedKeys>(64)

/** Verifies that the provider signed `idToken`; Auth.js checks its claims. Keys are cached. Throws ProviderFault. */
export async function requireSignature(
  idToken: string, metadata: Metadata, signing: Signing, call: typeof fetch,
): Promise<void> {
  try {
    await verify(idToken, metadata, signing, call)
  }
  catch (cause) {
    if (cause instanceof ProviderFault) throw cause
    throw new ProviderFault('OAuthCallbackError', 'the id_token is not signed by its provider', { cause })
  }
}

async function verify(idToken: string, metadata: Metadata, signing: Signing, call: typeof fetch): Promise<void> {
  const { alg, secret } = signing
  if (alg?.startsWith('HS') && secret) {
    await compactVerify(idToken, new TextEncoder().encode(secret), { algorithms: [alg] })
    return
  }
  const algorithms = toAlgorithms(alg, metadata)
  // Checked before the keys are requested, so that a forged token causes no request.
  if (!algorithms.includes(String(decodeProtectedHeader(idToken).alg))) {
    throw new errors.JOSEAlgNotAllowed('the provider does not sign with this algorithm')
  }
  const { jwks_uri: uri } = metadata
  if (!uri) throw new ProviderFault('Configuration', 'the provider names no jwks_uri to verify its id_tokens with')
  if (await hasSigned(await getKeys(uri, call, maxAge), idToken, algorithms)) return
  if (!await hasSigned(await getKeys(uri, call, cooldown), idToken, algorithms)) throw new errors.JWKSNoMatchingKey()
}

/** False if the key is not in the set: the provider may have new ones. Throws if the signature is wrong. */
async function hasSigned({ keys }: CachedKeys, idToken: string, algorithms: string[]): Promise<boolean> {
  try {
    await compactVerify(idToken, createLocalJWKSet(keys), { algorithms })
    return true
  }
  catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return false
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    // The token doesn't name its key, so each key that fits is tried.
    for await (const key of error) {
      const isKey = await compactVerify(idToken, key, { algorithms }).then(() => true, () => false)
      if (isKey) return true
    }
    throw error
  }
}

function toAlgorithms(alg: string | undefined, metadata: Metadata): string[] {
  const { id_token_signing_alg_values_supported: supported } = metadata
  const named = alg ? [alg] : Array.isArray(supported) ? supported.map(String) : ['RS256']
  return named.filter(name => asymmetric.test(name))
}

async function getKeys(uri: string, call: typeof fetch, maxAge: number): Promise<CachedKeys> {
  const cached = cache.get(uri)
  if (cached && Date.now() - cached.at < maxAge) return cached
  const response = await call(uri, { headers: { accept: 'application/json' } })
  // `createLocalJWKSet` checks the keys one by one.
  const keys = await response.json() as JSONWebKeySet
  if (!Array.isArray(keys.keys)) throw new ProviderFault('Unavailable', `${uri} answered without keys`)
  const fresh = { keys, at: Date.now() }
  cache.set(uri, fresh)
  return fresh
}
