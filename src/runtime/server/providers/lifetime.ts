/** Longest lifetime of an access token that is accepted, in seconds: one year. */
const maxLifetime = 365 * 24 * 60 * 60

/**
 * `expires_in` of a token response as a positive number of seconds, or undefined if it is unusable. Never throws: the
 * provider may have rotated the refresh token in the same response. https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
export function toExpiresIn(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return undefined
  return Math.min(seconds, maxLifetime)
}
