/** Matches a path that every parser reads alike, because it has nothing to resolve, decode or encode. */
const plainPath = /^(?:\/|(?:\/[\w-]+)+)$/

/**
 * Resolves where the browser goes after a sign-in or sign-out: always to a path of `origin` that starts with one `/`.
 * `value` is a URL of `origin`, or a path of the app, whose root is `home`: with `/shop/`, `/account` becomes
 * `/shop/account`. Any other value becomes `home`: another origin or scheme, URLs with credentials, control characters.
 * Parsed as a browser parses it: https://url.spec.whatwg.org
 */
export function toCallbackPath(value: unknown, origin: string, home = '/'): string {
  if (typeof value !== 'string' || value.length > 2048) return home
  // A whole URL is complete: `home` is not put before its path.
  if (value.startsWith(`${origin}/`)) return toPath(value.slice(origin.length), origin) ?? home
  const path = toPath(value, origin)
  if (path === undefined) return home
  return URL.canParse(value) ? path : withBase(path, home.replace(/\/$/, ''))
}

/** A path of the app with the app's base, such as `/shop`, before it. A path below the base is returned unchanged. */
export function withBase(path: string, base: string): string {
  return isBelow(path, base) ? path : base + path
}

/** True for `base` itself and paths below it: `/shop?x` is below `/shop`, `/shopping` is not. */
export function isBelow(path: string, base: string): boolean {
  return path.startsWith(base) && /^(?:[/?#]|$)/.test(path.slice(base.length))
}

function toPath(value: string, origin: string): string | undefined {
  return plainPath.test(value) ? value : parseCallback(value, origin)
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
