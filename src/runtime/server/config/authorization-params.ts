import { NuxtAuthError } from '../../shared/errors'

/** Parameters that `signIn(provider, options, params)` may always send: hints for the provider's pages. */
const hints = [
  'login_hint', 'prompt', 'ui_locales', 'claims_locales', 'display', 'max_age', 'acr_values',
  'hd', 'domain_hint', 'screen_hint', 'connection', 'organization', 'kc_idp_hint', 'kc_action',
  'identity_provider', 'idp_hint', 'lang', 'locale',
]

/** Parameters that bind a response to its request, or say where codes are sent: only the server sets them. */
const forbidden = [
  'client_id', 'client_secret', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce',
  'code', 'code_challenge', 'code_challenge_method', 'code_verifier', 'request', 'request_uri', '__proto__',
]

/** Checks `authorizationParams` of a definition. Throws AUTH_D012. */
export function requireAuthorizationParams(names: unknown, file: string): void {
  if (names === undefined) return
  if (!Array.isArray(names)) throw new NuxtAuthError('AUTH_D012', { file, name: String(names) })
  const isWrong = (name: unknown) => typeof name !== 'string' || forbidden.includes(name)
  const wrong = names.findIndex(isWrong)
  if (wrong >= 0) throw new NuxtAuthError('AUTH_D012', { file, name: String(names[wrong]) })
}

/** The query of a sign-in with the allowed parameters only. `more` is the definition's `authorizationParams`. */
export function keepAuthorizationParams(query: URLSearchParams, more: string[] = []): URLSearchParams {
  const allowed = new Set([...hints, ...more, 'callbackUrl'])
  return new URLSearchParams([...query].filter(([name]) => allowed.has(name) && !forbidden.includes(name)))
}

/**
 * The query of a provider's response without the parameters that it repeats, which count as absent.
 * https://www.rfc-editor.org/rfc/rfc6749#section-3.1
 */
export function keepSingleParams(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => query.getAll(name).length === 1))
}
