// jose exports both, but loading jose would delay the first request of every server.

/** Bytes as base64url without padding. RFC 4648 §5 */
export function encodeBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** True for base64url in the only spelling that encoders write: no padding, no other alphabet, unused bits are 0. */
export function isBase64url(text: string): boolean {
  if (!/^[\w-]*$/.test(text)) return false
  const last = text.at(-1) ?? ''
  const rest = text.length % 4
  if (rest === 2) return 'AQgw'.includes(last)
  if (rest === 3) return 'AEIMQUYcgkosw048'.includes(last)
  return rest === 0
}

/** A new ID from `size` random bytes, in base64url. */
export function createId(size: number): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(size)))
}
