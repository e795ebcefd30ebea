/** Longest lifetime of an access token that is believed, in seconds: one year. */
const longest = 365 * 24 * 60 * 60

/**
 * `expires_in` of a token answer in seconds, as a positive number; undefined if it says nothing usable. Never throws: the
 * provider may have rotated the refresh token in the same answer. https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function toExpiresIn(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return undefined
  return Math.min(seconds, longest)
}
