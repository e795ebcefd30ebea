// jose has these, too, in files that every start of a server would load for them.

/** Bytes as base64url without padding. RFC 4648 §5 */
export function encodeBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** True for base64url in the one spelling that an encoder writes: no padding, no other alphabet, and no spare bits in its last character. */
export function isBase64url(text: string): boolean {
  return text.length % 4 !== 1 && /^[\w-]*$/.test(text) && (text.length % 4 === 0 || (text.length % 4 === 2 ? /[AQgw]$/ : /[AEIMQUYcgkosw048]$/).test(text))
}

/** A new id of so many random bytes. */
export function createId(bytes: number): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(bytes)))
}
