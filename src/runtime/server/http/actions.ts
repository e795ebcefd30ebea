/** A request below the base path: `signin/github` is the action `signin` with the provider `github`. */
export interface Action { name: string, provider: string | undefined }

/**
 * The methods of each route: Auth.js's, and those of the default pages' files.
 * https://authjs.dev/reference/core/types#authaction
 */
export const methods: Record<string, string[]> = {
  'session': ['GET', 'HEAD', 'POST'],
  'csrf': ['GET', 'HEAD'],
  'providers': ['GET', 'HEAD'],
  'signin': ['GET', 'HEAD', 'POST'],
  'signout': ['GET', 'HEAD', 'POST'],
  'callback': ['GET', 'POST'],
  'error': ['GET', 'HEAD'],
  'verify-request': ['GET', 'HEAD'],
  'webauthn-options': ['GET'],
  'style.css': ['GET', 'HEAD'],
  'passkey.js': ['GET', 'HEAD'],
  'popup': ['GET', 'HEAD'],
  'popup.js': ['GET', 'HEAD'],
}
const pages = new Set(['signin', 'signout', 'error', 'verify-request', 'style.css', 'passkey.js', 'popup', 'popup.js'])

/** HTTP statuses of Auth.js's error names. Any other name is a server error, 503. */
export const statuses: Record<string, number> = {
  CredentialsSignin: 401,
  AccessDenied: 403,
  MissingCSRF: 403,
  OAuthAccountNotLinked: 403,
  AccountNotLinked: 403,
  OAuthCallbackError: 400,
  Verification: 400,
  WebAuthnVerificationError: 400,
}

const withProvider = new Set(['signin', 'callback', 'webauthn-options'])

/** The action of a path without its query, which must match exactly; undefined if the path is not an Auth.js route. */
export function parseAction(pathname: string, basePath: string): Action | undefined {
  if (!pathname.startsWith(`${basePath}/`)) return undefined
  const [name = '', provider, ...rest] = pathname.slice(basePath.length + 1).split('/')
  if (!Object.hasOwn(methods, name) || rest.length > 0 || provider === '') return undefined
  if (name === 'callback' && !provider) return undefined
  return provider === undefined || withProvider.has(name) ? { name, provider } : undefined
}

/** True for a default page or one of its files. Such a request changes no state. */
export function isPage({ name, provider }: Action, method: string): boolean {
  // A GET of `signin/github`, which only forms are sent to, shows the page with all providers.
  return method !== 'POST' && pages.has(name) && (provider === undefined || name === 'signin')
}
