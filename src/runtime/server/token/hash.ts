import { nodeCrypto } from './node-crypto'

/** SHA-256 of a text, in hex: the form in which a store or a database sees a key. Not for passwords. */
export async function toHash(text: string): Promise<string> {
  if (nodeCrypto) return nodeCrypto.createHash('sha256').update(text).digest('hex')
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
