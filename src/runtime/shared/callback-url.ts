// A path that every parser reads alike: nothing in it to resolve, to decode or to encode.
const plainPath = /^(?:\/|(?:\/[\w-]+)+)$/

/**
 * Where a visitor may be sent after signing in or out: always a path of `origin` that starts with exactly one `/`.
 * Anything else (another origin, another scheme, credentials in the URL, control characters) becomes `fallback`.
 * Parsed by WHATWG rules, as a browser does: https://url.spec.whatwg.org
 */
export function toCallbackPath(value: unknown, origin: string, fallback = '/'): string {
  if (typeof value !== 'string' || value.length > 2048) return fallback
  const path = value.startsWith(`${origin}/`) ? value.slice(origin.length) : value
  return plainPath.test(path) ? path : parseCallback(value, origin) ?? fallback
}

function parseCallback(value: string, origin: string): string | undefined {
  if (hasControlCharacter(value)) return undefined
  const url = parseUrl(value, origin)
  if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  const path = `${url.pathname}${url.search}${url.hash}`.replace(/^\/+/, '/')
  return parseUrl(path, origin)?.origin === origin ? path : undefined
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
