import { parseAction } from '../http/actions'

/** The paths that a sign-in needs, below the app's base URL. */
export interface NeededPaths {
  /** The base path of Auth.js's routes. */
  basePath: string
  /** All paths of the app's own sign-in page, such as one per language. */
  signIn: string[]
  /** The folder of the browser's scripts, such as `/_nuxt`, or empty. */
  assets: string
}

/**
 * The needed path that `path` belongs to, which a rule for every path leaves open: a route of Auth.js, the sign-in
 * page, the browser's scripts or the error page. Undefined for any other path. Compares exactly, with case.
 */
export function findExemption(path: string, { basePath, signIn, assets }: NeededPaths): string | undefined {
  if (path === '/__nuxt_error' || signIn.includes(path)) return path
  if (parseAction(path, basePath)) return basePath
  return assets !== '' && path.startsWith(`${assets}/`) ? assets : undefined
}

/** The same paths in lower case, for comparison with paths in lower case. */
export function toLowerCase({ basePath, signIn, assets }: NeededPaths): NeededPaths {
  const lower = (path: string) => path.toLowerCase()
  return { basePath: lower(basePath), signIn: signIn.map(lower), assets: lower(assets) }
}
