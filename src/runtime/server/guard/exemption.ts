import { parseAction } from '../http/actions'

/** Where the app keeps what signing in needs, below its base URL. */
export interface NeededPaths {
  /** Of Auth.js's routes. */
  basePath: string
  /** Every spelling under which the app's own sign-in page is reached. */
  signIn: string[]
  /** Folder of the browser's scripts: `/_nuxt`, or empty. */
  assets: string
}

/**
 * The part of the app that holds `path`, if signing in needs it even though a rule closes every path: a route of Auth.js,
 * the sign-in page, the browser's scripts, the error page. Compares exactly. Pure.
 */
export function findExemption(path: string, { basePath, signIn, assets }: NeededPaths): string | undefined {
  if (path === '/__nuxt_error' || signIn.includes(path)) return path
  if (parseAction(path, basePath)) return basePath
  return assets !== '' && path.startsWith(`${assets}/`) ? assets : undefined
}

/** The same in lower case, to compare with paths in lower case. */
export function toLowerCase({ basePath, signIn, assets }: NeededPaths): NeededPaths {
  return { basePath: basePath.toLowerCase(), signIn: signIn.map(path => path.toLowerCase()), assets: assets.toLowerCase() }
}
