// Not an import: hosts without node:crypto must be able to load this file, as in node-token.ts.
const node = globalThis.process?.getBuiltinModule?.('node:crypto')

/** SHA-256 of a text, in hex: what a store may know of a key. Not for passwords. */
export async function toHash(text: string): Promise<string> {
  if (node) return node.createHash('sha256').update(text).digest('hex')
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
