import { keepCookies } from '../http/cookies'
import { toHash } from '../token/hash'
import type { SentHeaders } from '../http/headers'

/**
 * Auth.js's double submit: the cookie holds `token|sha256(token + secrets)`, the request repeats the token.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#signed-double-submit-cookie-recommended
 */
export async function isCsrfTokenValid(cookie: string | undefined, sent: unknown, secrets: string[]): Promise<boolean> {
  const token = await openCsrfCookie(cookie, secrets)
  return token !== undefined && typeof sent === 'string' && isEqual(sent, token)
}

/** The token of an authentic cookie. Also of one that was made before the newest secrets came: a form may be open that long. */
export async function openCsrfCookie(cookie: string | undefined, secrets: string[]): Promise<string | undefined> {
  const [token, hash, ...rest] = cookie?.split('|') ?? []
  if (!token || !hash || rest.length > 0) return undefined
  for (const age of secrets.keys()) {
    if (isEqual(`${token}|${hash}`, await sealCsrfToken(token, secrets.slice(age)))) return token
  }
}

/** The cookie of a token, as Auth.js makes it. */
export async function sealCsrfToken(token: string, secrets: string[]): Promise<string> {
  return `${token}|${await toHash(`${token}${secrets}`)}`
}

/** The request's headers with the CSRF cookie as the newest secrets make it, and without one that is not authentic: Auth.js looks less closely. */
export async function toCsrfHeaders(headers: SentHeaders, name: string, cookie: string | undefined, secrets: string[]): Promise<SentHeaders> {
  if (cookie === undefined) return headers
  const token = await openCsrfCookie(cookie, secrets)
  const others = keepCookies(headers.get('cookie') ?? '', other => other !== name)
  const own = token === undefined ? [] : [`${name}=${encodeURIComponent(await sealCsrfToken(token, secrets))}`]
  const result = new Headers([...headers])
  result.set('cookie', [others, ...own].join(';'))
  return result
}

// Takes as long for a near miss as for a far one.
function isEqual(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
