/** Longest time that a discovery document is used again, in seconds; shorter where its provider says so. */
export const longest = 10 * 60
const maxDocuments = 64

interface Kept { body: string, at: number, maxAge: number | undefined }
/** By what sent for it, too: a `fetch` of the user's own may answer the same address differently. */
const documents = new WeakMap<typeof fetch, Map<string, Kept>>()

/**
 * `call`, with discovery documents used again for as long as the provider's `Cache-Control` allows. `fallback`: the seconds
 * for which one is if the provider says nothing.
 */
export function keepDiscovery(call: typeof fetch, send: typeof fetch, fallback = 0): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (!isDiscovery(url, init)) return await call(input, init)
    const known = documents.get(send) ?? new Map<string, Kept>()
    const kept = known.get(url.href)
    if (kept && kept.at + (kept.maxAge ?? fallback) * 1000 > Date.now()) return new Response(kept.body, { headers: { 'content-type': 'application/json' } })
    known.delete(url.href)
    const answer = await call(input, init)
    const maxAge = toMaxAge(answer.headers.get('cache-control') ?? '')
    if (maxAge === 0) return answer
    if (known.size >= maxDocuments) known.delete(known.keys().next().value ?? '')
    documents.set(send, known.set(url.href, { body: await answer.clone().text(), at: Date.now(), maxAge }))
    return answer
  }
}

/** True for the request of a discovery document. https://www.rfc-editor.org/rfc/rfc8414#section-3 */
export function isDiscovery({ pathname }: URL, init: RequestInit | undefined): boolean {
  return (init?.method ?? 'GET').toUpperCase() === 'GET' && /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/.test(pathname)
}

function toMaxAge(cacheControl: string): number | undefined {
  if (/no-store|no-cache/i.test(cacheControl)) return 0
  const [, seconds] = /(?:^|[\s,])max-age=(\d+)/i.exec(cacheControl) ?? []
  return seconds === undefined ? undefined : Math.min(Number(seconds), longest)
}
