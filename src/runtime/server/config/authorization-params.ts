import { NuxtAuthError } from '../../shared/errors'

/** What `signIn(provider, options, params)` may say to every provider: hints for its pages, nothing that the app relies on. */
const harmless = [
  'login_hint', 'prompt', 'ui_locales', 'claims_locales', 'display', 'max_age', 'acr_values',
  'hd', 'domain_hint', 'screen_hint', 'connection', 'organization', 'kc_idp_hint', 'kc_action', 'identity_provider', 'idp_hint', 'lang', 'locale',
]

/** What binds an answer to its request, or says where codes go: the server's alone. */
const forbidden = [
  'client_id', 'client_secret', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce',
  'code', 'code_challenge', 'code_challenge_method', 'code_verifier', 'request', 'request_uri', '__proto__',
]

/** Checks `authorizationParams` of a definition. Throws AUTH_D012. */
export function requireAuthorizationParams(names: unknown, file: string): void {
  if (names === undefined) return
  const wrong = Array.isArray(names) ? names.find(name => typeof name !== 'string' || forbidden.includes(name)) : names
  if (wrong !== undefined || !Array.isArray(names)) throw new NuxtAuthError('AUTH_D012', { file, name: String(wrong) })
}

/** The query of a sign-in without what a client may not decide. `more` is the definition's `authorizationParams`. */
export function keepAuthorizationParams(query: URLSearchParams, more: string[] = []): URLSearchParams {
  const allowed = new Set([...harmless, ...more, 'callbackUrl'])
  return new URLSearchParams([...query].filter(([name]) => allowed.has(name) && !forbidden.includes(name)))
}

/** The query of a provider's answer: a parameter that comes twice counts as none. https://www.rfc-editor.org/rfc/rfc6749#section-3.1 */
export function keepSingleParams(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => query.getAll(name).length === 1))
}
