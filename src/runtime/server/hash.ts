// Not an import: hosts without node:crypto must be able to load this file, as in node-token.ts.
// Where it is there it is used: the first call of WebCrypto costs a start some ms, and each one a turn of another thread.
const node = globalThis.process?.getBuiltinModule?.('node:crypto')
const utf8 = new TextEncoder()

/** SHA-256 of a text, in hex: what a store may know of a key. Not for passwords. */
export async function toHash(text: string): Promise<string> {
  // Hosts that know only the older way are as right, and slower.
  if (node) return node.hash?.('sha256', text) ?? node.createHash('sha256').update(text).digest('hex')
  return Array.from(await toDigest('SHA-256', text), byte => byte.toString(16).padStart(2, '0')).join('')
}

export async function toDigest(algorithm: 'SHA-256' | 'SHA-512', text: string): Promise<Uint8Array> {
  const name = algorithm.replace('-', '')
  if (node) return node.hash?.(name, text, 'buffer') ?? node.createHash(name).update(text).digest()
  return new Uint8Array(await crypto.subtle.digest(algorithm, utf8.encode(text)))
}

/** So many bytes of a key, by HKDF with SHA-256. https://www.rfc-editor.org/rfc/rfc5869 */
export async function deriveBytes(secret: string, salt: string, info: string, length: number): Promise<Uint8Array> {
  if (node) return new Uint8Array(node.hkdfSync('sha256', secret, salt, info, length))
  const material = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: utf8.encode(salt), info: utf8.encode(info) }, material, length * 8))
}
