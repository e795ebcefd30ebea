/**
 * Auth.js's double submit: the cookie holds `token|sha256(token + secrets)`, the request repeats the token.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#signed-double-submit-cookie-recommended
 */
export async function isCsrfTokenValid(cookie: string | undefined, sent: unknown, secrets: string[]): Promise<boolean> {
  const [token, hash, ...rest] = cookie?.split('|') ?? []
  if (!token || !hash || rest.length > 0 || typeof sent !== 'string') return false
  const expected = await sha256(`${token}${secrets}`)
  return isEqual(hash, expected) && isEqual(sent, token)
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

// Takes as long for a near miss as for a far one.
function isEqual(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
