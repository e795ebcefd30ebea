// A path that every parser reads alike: nothing in it to resolve, to decode or to encode.
const plainPath = /^(?:\/|(?:\/[\w-]+)+)$/

/**
 * Where a visitor may be sent after signing in or out: always a path of `origin` that starts with exactly one `/`.
 * A path is a path of the app, whose root is `home`: below `/shop/`, `/account` is `/shop/account`.
 * Anything else (another origin, another scheme, credentials in the URL, control characters) becomes `home`.
 * Parsed by WHATWG rules, as a browser does: https://url.spec.whatwg.org
 */
export function toCallbackPath(value: unknown, origin: string, home = '/'): string {
  if (typeof value !== 'string' || value.length > 2048) return home
  // A whole address says itself where it is.
  if (value.startsWith(`${origin}/`)) return toPath(value.slice(origin.length), origin) ?? home
  const path = toPath(value, origin)
  return path === undefined ? home : URL.canParse(value) ? path : withBase(path, home.replace(/\/$/, ''))
}

/** A path of the app with the app's base in front, `/shop`; a path that begins with the base is taken as it is. */
export function withBase(path: string, base: string): string {
  return isBelow(path, base) ? path : base + path
}

/** True for `base` itself and what is below it: `/shop?x` is below `/shop`, `/shopping` is not. */
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
