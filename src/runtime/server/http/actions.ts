/** A request below the base path: `signin/github` is the action `signin` with the provider `github`. */
export interface Action { name: string, provider: string | undefined }

/** The methods of each route: Auth.js's own, and the files of the default pages. https://authjs.dev/reference/core/types#authaction */
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

/** The action of a path (without query), which must match exactly. Undefined if the path is no Auth.js route. */
export function parseAction(pathname: string, basePath: string): Action | undefined {
  if (!pathname.startsWith(`${basePath}/`)) return undefined
  const [name = '', provider, ...rest] = pathname.slice(basePath.length + 1).split('/')
  if (!Object.hasOwn(methods, name) || rest.length > 0 || provider === '' || (name === 'callback' && !provider)) return undefined
  return provider === undefined || withProvider.has(name) ? { name, provider } : undefined
}

/** True for a default page or one of its files: reading it changes nothing. */
export function isPage({ name, provider }: Action, method: string): boolean {
  // Opened by hand, the address that a provider's form is sent to shows all of them.
  return method !== 'POST' && pages.has(name) && (provider === undefined || name === 'signin')
}
