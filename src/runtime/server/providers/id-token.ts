import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { ProviderFault } from './client'

/** What of a provider's discovery document is used here. https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
export interface Metadata {
  issuer?: string
  jwks_uri?: string
  token_endpoint?: string
  end_session_endpoint?: string
  id_token_signing_alg_values_supported?: unknown
}

/** How the client wants its id_tokens signed, where it says so. */
export interface Signing {
  alg?: string
  /** The client's secret: the key of HS256 and its like, and only where `alg` asks for them. */
  secret?: string
}

/** Signatures that a public key checks. `none` and a shared secret are never among them. */
const asymmetric = /^(?:[RP]S|ES)(?:256|384|512)$|^Ed(?:DSA|25519)$/
/** How long a provider's keys are used without asking again, and how soon an unknown key may ask, in milliseconds. */
const maxAge = 10 * 60_000
const cooldown = 30_000
const maxSets = 64

interface KeySet { keys: JSONWebKeySet, at: number }
const sets = new Map<string, KeySet>()

/** Checks that the provider signed `idToken`; its claims are Auth.js's to check. Keys are cached by address. Throws ProviderFault. */
export async function requireSignature(idToken: string, metadata: Metadata, signing: Signing, call: typeof fetch): Promise<void> {
  try {
    await verify(idToken, metadata, signing, call)
  }
  catch (cause) {
    if (cause instanceof ProviderFault) throw cause
    throw new ProviderFault('OAuthCallbackError', 'the id_token is not signed by its provider', { cause })
  }
}

async function verify(idToken: string, metadata: Metadata, { alg, secret }: Signing, call: typeof fetch): Promise<void> {
  if (alg?.startsWith('HS') && secret) {
    await compactVerify(idToken, new TextEncoder().encode(secret), { algorithms: [alg] })
    return
  }
  const algorithms = toAlgorithms(alg, metadata)
  // Before anybody is asked for keys.
  if (!algorithms.includes(String(decodeProtectedHeader(idToken).alg))) throw new errors.JOSEAlgNotAllowed('not an algorithm of this provider')
  if (!metadata.jwks_uri) throw new ProviderFault('Configuration', 'the provider names no jwks_uri, so its id_tokens can not be checked')
  const known = await getKeySet(metadata.jwks_uri, call, maxAge)
  const isUnknown = await verifyWith(known, idToken, algorithms)
  if (isUnknown && await verifyWith(await getKeySet(metadata.jwks_uri, call, cooldown), idToken, algorithms)) throw new errors.JWKSNoMatchingKey()
}

/** True where the set has no such key: the provider may have new ones. Throws where the signature is wrong. */
async function verifyWith({ keys }: KeySet, idToken: string, algorithms: string[]): Promise<boolean> {
  try {
    await compactVerify(idToken, createLocalJWKSet(keys), { algorithms })
    return false
  }
  catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return true
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    // A token that does not name its key: one of those that fit has signed it.
    for await (const key of error) {
      if (await compactVerify(idToken, key, { algorithms }).then(() => true, () => false)) return false
    }
    throw error
  }
}

function toAlgorithms(alg: string | undefined, { id_token_signing_alg_values_supported: supported }: Metadata): string[] {
  const named = alg ? [alg] : Array.isArray(supported) ? supported.map(String) : ['RS256']
  return named.filter(name => asymmetric.test(name))
}

async function getKeySet(uri: string, call: typeof fetch, maxAge: number): Promise<KeySet> {
  const known = sets.get(uri)
  if (known && Date.now() - known.at < maxAge) return known
  const keys = await (await call(uri, { headers: { accept: 'application/json' } })).json() as JSONWebKeySet
  if (!Array.isArray(keys.keys)) throw new ProviderFault('Unavailable', `${uri} answered with no keys`)
  const set = { keys, at: Date.now() }
  sets.delete(uri)
  if (sets.size >= maxSets) sets.delete(sets.keys().next().value ?? '')
  sets.set(uri, set)
  return set
}
