import type { RouteLocationResolved, Router } from 'vue-router'
import { isBelow } from '../shared/callback-url'

/**
 * The address of a path of the app: below `app.baseURL`, and behind the `#` if the router keeps its routes there.
 * A path that begins with either is taken as it is, and so is whatever is no path: the server decides about it.
 */
export function toAddress(router: Router, base: string, path: string): string {
  const root = router.options.history.base
  if (!/^\/(?![/\\])/.test(path) || isBelow(path, root)) return path
  const own = isBelow(path, base) ? path.slice(base.length) : path
  // A file or a server route has no place behind the `#`.
  const isPage = root !== base && router.resolve(own).matched.length > 0
  return (isPage ? root : base) + own
}

/** The page of the router that is at this address; undefined if none is. */
export function toPage(router: Router, address: string): RouteLocationResolved | undefined {
  const root = router.options.history.base
  if (!isBelow(address, root)) return undefined
  const page = router.resolve(address.slice(root.length).replace(/^\/*/, '/'))
  return page.matched.length > 0 ? page : undefined
}
