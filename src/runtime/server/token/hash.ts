import { encodeBase64url } from './base64url'

// Not an import: hosts without node:crypto must be able to load this file, as in node-token.ts.
// Where it is there it is used: the first call of WebCrypto costs a start some ms, and each one a turn of another thread.
const node = globalThis.process?.getBuiltinModule?.('node:crypto')
const utf8 = new TextEncoder()

/** SHA-256 of a text, in hex: what a store may know of a key. Not for passwords. */
export async function toHash(text: string): Promise<string> {
  if (node) return hashWithNode('sha256', text, 'hex')
  return Array.from(await hashWithWebCrypto('SHA-256', text), byte => byte.toString(16).padStart(2, '0')).join('')
}

/** SHA-256 or SHA-512 of a text, in base64url: a key's id. https://www.rfc-editor.org/rfc/rfc7638 */
export async function toThumbprint(text: string, bits: 256 | 512): Promise<string> {
  if (node) return hashWithNode(`sha${bits}`, text, 'base64url')
  return encodeBase64url(await hashWithWebCrypto(`SHA-${bits}`, text))
}

/** A hash on a host with node:crypto, in one call where it knows how: the older way is as right, and slower. */
export function hashWithNode(name: 'sha256' | 'sha512', data: string | Uint8Array, encoding: 'hex' | 'base64url' | 'latin1'): string {
  return node!.hash?.(name, data, encoding) ?? node!.createHash(name).update(data).digest(encoding)
}

async function hashWithWebCrypto(algorithm: string, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(algorithm, utf8.encode(text)))
}

/** So many bytes of a key, by HKDF with SHA-256. https://www.rfc-editor.org/rfc/rfc5869 */
export async function deriveBytes(secret: string, salt: string, info: string, length: number): Promise<Uint8Array> {
  if (node) return new Uint8Array(node.hkdfSync('sha256', secret, salt, info, length))
  const material = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: utf8.encode(salt), info: utf8.encode(info) }, material, length * 8))
}
