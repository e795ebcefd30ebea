/**
 * Where a visitor may be sent after signing in or out: always a path of `origin` that starts with exactly one `/`.
 * Anything else (another origin, another scheme, credentials in the URL, control characters) becomes `fallback`.
 * Parsed by WHATWG rules, as a browser does: https://url.spec.whatwg.org
 */
export function toCallbackPath(value: unknown, origin: string, fallback = '/'): string {
  if (typeof value !== 'string' || value.length > 2048 || hasControlCharacter(value)) return fallback
  const url = parseUrl(value, origin)
  if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol) || url.username || url.password) return fallback
  const path = `${url.pathname}${url.search}${url.hash}`.replace(/^\/+/, '/')
  return parseUrl(path, origin)?.origin === origin ? path : fallback
}

function parseUrl(value: string, base: string): URL | undefined {
  try {
    return new URL(value, base)
  }
  catch {
    return undefined
  }
}

function hasControlCharacter(value: string): boolean {
  return [...value].some(character => character < ' ' || character === '\u007F')
}
