/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of them for its brackets. */
const maxLength = 254
const hostLabel = String.raw`[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*`
/** One `@`. Before it: no space, quote, list, route, markup, control or invisible character. After it: a host name. */
const address = new RegExp(String.raw`^[^\s"(),:;<>@[\\\]\p{C}]+@${hostLabel}(?:\.${hostLabel})*$`, 'u')

/**
 * The one spelling of an email address: lower case, NFC, without spaces around it. Undefined for anything but a single
 * plain address. Characters that fold into ASCII are refused, such as U+FF20 for `@` and U+212A for `k`: the result
 * would be another user's address.
 */
export function normalizeEmail(value: unknown): string | undefined {
  // Normalization is slow for very long input.
  if (typeof value !== 'string' || value.length > 4 * maxLength) return undefined
  const email = value.replace(/^ +| +$/g, '').normalize('NFC').toLowerCase()
  if (!address.test(email) || new TextEncoder().encode(email).byteLength > maxLength) return undefined
  return [...value].some(isFolding) ? undefined : email
}

function isFolding(character: string): boolean {
  return character > '\u007F' && [...character.normalize('NFKC').toLowerCase()].some(part => part <= '\u007F')
}
