/** What a request below the base path asks for: `signin/github` is the action `signin` of the provider `github`. */
export interface Action { name: string, provider: string | undefined }

/** Auth.js's routes and the methods each answers. https://authjs.dev/reference/core/types#authaction */
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
}
const withProvider = new Set(['signin', 'callback', 'webauthn-options'])

/** The action of a path without its query. Exact: nothing before, between or after. Undefined for what is no route of Auth.js. */
export function parseAction(pathname: string, basePath: string): Action | undefined {
  if (!pathname.startsWith(`${basePath}/`)) return undefined
  const [name = '', provider, ...rest] = pathname.slice(basePath.length + 1).split('/')
  if (!Object.hasOwn(methods, name) || rest.length > 0 || provider === '' || (name === 'callback' && !provider)) return undefined
  return provider === undefined || withProvider.has(name) ? { name, provider } : undefined
}
