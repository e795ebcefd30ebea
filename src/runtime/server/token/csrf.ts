import { keepCookies } from '../http/cookies'
import type { SentHeaders } from '../http/headers'
import { toHash } from './hash'

/**
 * True if the token in a form belongs to the browser's CSRF cookie. Auth.js's signed double submit: the cookie holds
 * `token|sha256(token + secrets)`, and the form repeats the token.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#signed-double-submit-cookie-recommended
 */
export async function isCsrfTokenValid(cookie: string | undefined, sent: unknown, secrets: string[]): Promise<boolean> {
  const token = await openCsrfCookie(cookie, secrets)
  return token !== undefined && typeof sent === 'string' && isEqual(sent, token)
}

/** The token of an authentic cookie. Cookies of older secrets stay valid: a form may be older than a rotation. */
export async function openCsrfCookie(cookie: string | undefined, secrets: string[]): Promise<string | undefined> {
  const [token, hash, ...rest] = cookie?.split('|') ?? []
  if (!token || !hash || rest.length > 0) return undefined
  for (const age of secrets.keys()) {
    if (isEqual(`${token}|${hash}`, await sealCsrfToken(token, secrets.slice(age)))) return token
  }
}

/** The value of the CSRF cookie for a token, in Auth.js's format. */
export async function sealCsrfToken(token: string, secrets: string[]): Promise<string> {
  return `${token}|${await toHash(`${token}${secrets}`)}`
}

/**
 * Request headers for Auth.js, which checks the CSRF cookie less strictly: a cookie that is not authentic is removed,
 * and an authentic one is sealed again with the newest secrets.
 */
export async function toCsrfHeaders(
  headers: SentHeaders, name: string, cookie: string | undefined, secrets: string[],
): Promise<SentHeaders> {
  if (cookie === undefined) return headers
  const token = await openCsrfCookie(cookie, secrets)
  const others = keepCookies(headers.get('cookie') ?? '', other => other !== name)
  const own = token === undefined ? [] : [`${name}=${encodeURIComponent(await sealCsrfToken(token, secrets))}`]
  const result = new Headers([...headers])
  result.set('cookie', [others, ...own].join(';'))
  return result
}

/** Compares in a time that depends on the length only, not on the position of the first difference. */
function isEqual(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
