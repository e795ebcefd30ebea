import { useRequestEvent, useRequestFetch } from '#app'
import type { Fetch, FetchOptions } from './context'

/** The part of `event.context.nuxtAuthjs` that a page's requests use. The app can't import the server's type. */
interface Bridge {
  cookies: {
    isOpen: (page: object) => boolean
    requireOpen: (page: object) => void
    toHeaders: (page: object) => Record<string, string>
    add: (page: object, setCookies: string[]) => void
  }
}

/**
 * The fetch of the request that a page renders for, on the server. Cookies that a response sets are sent to the browser
 * with the page, and to the server with the page's next request.
 * Throws AUTH_A001 or AUTH_A002 if the page can no longer set cookies.
 */
export function createPageFetch(): Fetch {
  const event = useRequestEvent()
  const fetch = useRequestFetch() as Fetch
  const { cookies }: Partial<Bridge> = event?.context.nuxtAuthjs ?? {}
  if (!event || !cookies) return fetch
  return async <T>(path: string, options: FetchOptions = {}) => {
    // Reading the session or the providers sets no cookie that the page must not lose.
    const isChange = options.method === 'POST' || path.endsWith('/csrf')
    if (isChange) cookies.requireOpen(event)
    let setCookies: string[] = []
    const answer = await fetch<T>(path, {
      ...options,
      headers: { ...options.headers, ...cookies.toHeaders(event) },
      onResponse(context) {
        options.onResponse?.(context)
        setCookies = context.response.headers.getSetCookie()
      },
    })
    if (isChange || cookies.isOpen(event)) cookies.add(event, setCookies)
    return answer
  }
}
