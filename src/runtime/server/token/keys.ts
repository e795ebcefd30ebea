import type { KeyObject } from 'node:crypto'
import { BoundedMap } from '../../shared/bounded-map'
import { encodeBase64url } from './base64url'
import { nodeCrypto } from './node-crypto'

/** The content encryptions that Auth.js has issued: today's, and the one before it. */
export type Encryption = 'A256CBC-HS512' | 'A256GCM'

/** The key of one secret for one cookie. */
export interface TokenKey {
  bytes: Uint8Array
  /** ID of the key: its thumbprint. */
  kid: string
  /** The protected header of every token that is sealed with the key, encoded. */
  header: string
  /**
   * The halves of an A256CBC-HS512 key (RFC 7518 §5.2.2.1); undefined on a host without node:crypto.
   * KeyObjects, because Node imports a key that is given as bytes at each call: 13 µs for either half.
   */
  node?: { mac: KeyObject, encryption: KeyObject }
}

/** Key lengths in bytes, and the hash of the thumbprint that Auth.js takes for each. */
const parameters = { 'A256CBC-HS512': [64, 512], 'A256GCM': [32, 256] } as const

/** A definition has one or two secrets and a handful of cookies. This has room for tenants with a secret each. */
const keys = new BoundedMap<string, Promise<TokenKey>>(512)

const utf8 = new TextEncoder()

/** The key that Auth.js derives from a secret for the cookie that is named `salt`. Derived once, then cached. */
export async function getKey(secret: string, salt: string, encryption: Encryption): Promise<TokenKey> {
  const id = JSON.stringify([encryption, salt, secret])
  const known = keys.get(id)
  if (known) return await known
  const key = deriveKey(secret, salt, encryption)
  keys.set(id, key)
  return await key
}

async function deriveKey(secret: string, salt: string, encryption: Encryption): Promise<TokenKey> {
  const [length, hashBits] = parameters[encryption]
  const bytes = await deriveBytes(secret, salt, `Auth.js Generated Encryption Key (${salt})`, length)
  const kid = await toThumbprint(bytes, hashBits)
  const header = encodeBase64url(utf8.encode(JSON.stringify({ alg: 'dir', enc: encryption, kid })))
  if (!nodeCrypto || encryption !== 'A256CBC-HS512') return { bytes, kid, header }
  const mac = nodeCrypto.createSecretKey(bytes.subarray(0, 32))
  return { bytes, kid, header, node: { mac, encryption: nodeCrypto.createSecretKey(bytes.subarray(32)) } }
}

/** HKDF with SHA-256: https://www.rfc-editor.org/rfc/rfc5869 */
async function deriveBytes(secret: string, salt: string, info: string, length: number): Promise<Uint8Array> {
  if (nodeCrypto) return new Uint8Array(nodeCrypto.hkdfSync('sha256', secret, salt, info, length))
  const material = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, ['deriveBits'])
  const params = { name: 'HKDF', hash: 'SHA-256', salt: utf8.encode(salt), info: utf8.encode(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(params, material, length * 8))
}

/** Thumbprint of a symmetric key: https://www.rfc-editor.org/rfc/rfc7638 */
async function toThumbprint(key: Uint8Array, bits: 256 | 512): Promise<string> {
  const jwk = JSON.stringify({ k: encodeBase64url(key), kty: 'oct' })
  if (nodeCrypto) return nodeCrypto.createHash(`sha${bits}`).update(jwk).digest('base64url')
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, utf8.encode(jwk))))
}
