// jose has these, too, in files that every start of a server would load for them.

/** Bytes as base64url without padding. RFC 4648 §5 */
export function encodeBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** True for base64url in the one spelling that an encoder writes: no padding, no other alphabet, and no spare bits in its last character. */
export function isBase64url(text: string): boolean {
  return /^[\w-]*$/.test(text) && hasOneEnd(text)
}

/** True for characters of base64url whose last one has no spare bits: another spelling of the same bytes would have. RFC 4648 §3.5 */
export function hasOneEnd(text: string): boolean {
  const left = text.length % 4
  return left === 0 || (left !== 1 && (left === 2 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(text.slice(-1)))
}

/** A new id of so many random bytes. */
export function createId(bytes: number): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(bytes)))
}
