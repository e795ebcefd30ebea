/** Matches a path that every router reads alike: plain characters, no leading dot in a segment, no trailing slash. */
const plain = /^(?:\/[\w~-][\w.~-]*)+$/
/**
 * Matches spaces and control characters, which a path can't contain.
 * A regular expression, because a loop over the characters of a path of 16 kB takes 20 times as long.
 */
const invalidCharacters = /[^\u0021-\u007E\u0080-\u{10FFFF}]/gu

/**
 * One route rule with `auth`. `folded` matches lower-case paths, `written` paths as they are written; `pattern` is the
 * key in `routeRules`. In a list of rules, the most specific one is last.
 */
export type PathRule<Rule> = readonly [folded: RegExp, rule: Rule, written: RegExp, pattern: string]

/** Pages without content, which Nuxt prerenders for static hosts whatever the rules say. */
export const shells = ['/200.html', '/404.html']

/** The part of a route rule that decides whether responses are stored. */
export interface SharingRules { cache?: unknown, isr?: unknown, swr?: unknown, prerender?: unknown }

/** True for a route whose responses are stored and shared by all users. */
export function isSharedRoute({ cache, isr, swr, prerender }: SharingRules): boolean {
  return Boolean(cache || isr || swr || prerender)
}

/**
 * Every path that a router could read a request path as, without `base`: as written and canonical, after each decoding.
 * Routers differ in what they decode, fold, collapse and keep. Guards check all of them, and the strictest rule counts.
 */
export function toGuardPaths(path: string, base = ''): string[] {
  let next = toPathname(path)
  // Most paths have one reading only.
  if (plain.test(next)) return [withoutPayload(withoutBase(next, base).toLowerCase()) || '/']
  const paths = new Set<string>()
  // Three rounds: one more than any proxy and router together decode.
  for (let round = 0; round < 3; round++) {
    // A URL parser reads `//host/path` as `/path` of another host.
    for (const reading of new Set([next, next.replace(/^[\\/]{2,}[^\\/]*/, '')])) {
      // The path as written, too: a route parameter matches `..`, and a catch-all matches anything.
      paths.add(withoutPayload(withoutBase(reading, base).toLowerCase()) || '/')
      paths.add(toCanonical(withoutBase(reading, base)))
      paths.add(toCanonical(withoutBase(toCanonical(reading), base)))
    }
    const decoded = decode(next)
    if (decoded === next) break
    next = decoded
  }
  return [...paths]
}

/** The most specific rule that matches a path of `toGuardPaths`. */
export function findPathRule<Rule>(rules: readonly PathRule<Rule>[], path: string): PathRule<Rule> | undefined {
  return rules.findLast(([folded]) => folded.test(path))
}

/** The most specific rule that matches a path as it is written. Most handlers are found by the exact case of a path. */
export function findWrittenRule<Rule>(rules: readonly PathRule<Rule>[], path: string): PathRule<Rule> | undefined {
  return rules.findLast(([, , written]) => written.test(path))
}

/** True if the pattern of a rule is `part` of the app or below it. Such a rule wins over an exemption of that part. */
export function isAbout(pattern: string, part: string): boolean {
  const folded = pattern.toLowerCase()
  const prefix = part.toLowerCase()
  return folded === prefix || folded.startsWith(`${prefix}/`)
}

/** The path below `base` as it is written, without its query. Undefined if `base` is not a literal prefix of it. */
export function toWritten(address: string, base: string): string | undefined {
  const path = address.replace(/[?#].*/s, '')
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined
}

/** One spelling for `//`, `/./`, `..`, `;x`, `\`, case, control characters, a trailing slash and payload files. */
function toCanonical(path: string): string {
  const segments: string[] = []
  for (const part of path.replaceAll('\\', '/').toLowerCase().split('/')) {
    // `;x` is a parameter of the segment: RFC 3986 §3.3.
    const segment = part.replace(/;.*/, '').replace(invalidCharacters, '')
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return withoutPayload(`/${segments.join('/')}`) || '/'
}

function withoutPayload(path: string): string {
  return path.endsWith('/_payload.json') || path.endsWith('/_payload.js') ? path.slice(0, path.lastIndexOf('/')) : path
}

/** Also accepts the absolute form, `GET http://host/path`: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
function toPathname(path: string): string {
  const relative = path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#\\]*/i, '')
  return relative.replace(/[?#].*/s, '') || '/'
}

function withoutBase(path: string, base: string): string {
  if (base === '' || !path.toLowerCase().startsWith(base.toLowerCase())) return path
  const rest = path.slice(base.length)
  return /^(?:[\\/]|$)/.test(rest) ? rest : path
}

function decode(path: string): string {
  // Each run of escapes by itself, so that a malformed one does not keep the others from being decoded.
  return path.replace(/(?:%[\da-f]{2})+/gi, (escape) => {
    try {
      return decodeURIComponent(escape)
    }
    catch {
      return escape.replace(/%([0-7][\da-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    }
  })
}
