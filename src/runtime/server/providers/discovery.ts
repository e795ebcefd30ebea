/** Longest time that a discovery document is used again, in seconds; shorter where its provider says so. */
const longest = 10 * 60
const maxDocuments = 64

interface Kept { body: string, until: number }
/** By what sent for it, too: a `fetch` of the user's own may answer the same address differently. */
const documents = new WeakMap<typeof fetch, Map<string, Kept>>()

/** `call` that asks for a discovery document only when the provider's `Cache-Control` does not let it use the last one. */
export function keepDiscovery(call: typeof fetch, send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (!isDiscovery(url, init)) return await call(input, init)
    const known = documents.get(send) ?? new Map<string, Kept>()
    const kept = known.get(url.href)
    if (kept && kept.until > Date.now()) return new Response(kept.body, { headers: { 'content-type': 'application/json' } })
    known.delete(url.href)
    const answer = await call(input, init)
    const seconds = toMaxAge(answer.headers.get('cache-control') ?? '')
    if (seconds === 0) return answer
    if (known.size >= maxDocuments) known.delete(known.keys().next().value ?? '')
    documents.set(send, known.set(url.href, { body: await answer.clone().text(), until: Date.now() + seconds * 1000 }))
    return answer
  }
}

/** True for the request of a discovery document. https://www.rfc-editor.org/rfc/rfc8414#section-3 */
export function isDiscovery({ pathname }: URL, init: RequestInit | undefined): boolean {
  return (init?.method ?? 'GET').toUpperCase() === 'GET' && /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/.test(pathname)
}

function toMaxAge(cacheControl: string): number {
  if (/no-store|no-cache/i.test(cacheControl)) return 0
  return Math.min(Number(/(?:^|[\s,])max-age=(\d+)/i.exec(cacheControl)?.[1] ?? 0), longest)
}
