import { useRequestEvent, useRequestFetch } from '#app'
import type { Fetch } from './client'

/** What the server gives a page, typed without an import of it: `session/page-cookies.ts`. */
interface Bridge {
  cookies: {
    isOpen: (page: object) => boolean
    requireOpen: (page: object) => void
    toHeaders: (page: object) => Record<string, string>
    add: (page: object, setCookies: string[]) => void
  }
}

/**
 * The fetch of the request that a page renders for, on the server. A cookie that an answer sets goes to the browser with
 * the page, and is sent along with the page's next request. Throws AUTH_A001 or AUTH_A002 if the page can't carry it.
 */
export function createPageFetch(): Fetch {
  const event = useRequestEvent()
  const fetch = useRequestFetch() as Fetch
  const cookies = (event?.context.nuxtAuthjs as Bridge | undefined)?.cookies
  if (!event || !cookies) return fetch
  return async (path, options = {}) => {
    // Reading the session or the providers changes nothing that the page would have to carry.
    const isChange = options.method === 'POST' || path.endsWith('/csrf')
    if (isChange) cookies.requireOpen(event)
    let set: string[] = []
    const answer = await fetch(path, {
      ...options,
      headers: { ...options.headers, ...cookies.toHeaders(event) },
      onResponse(context) {
        options.onResponse?.(context)
        set = context.response.headers.getSetCookie()
      },
    })
    if (isChange || cookies.isOpen(event)) cookies.add(event, set)
    return answer
  }
}
