/** Segments that do not begin with a dot, of characters that every router takes for themselves, and no slash at the end. */
const plain = /^(?:\/[\w~-][\w.~-]*)+$/
/** Spaces and control characters, which no path holds. As a regular expression: characters of a path of 16 kB, one by one, take 20 times as long. */
const noPathCharacter = /[^\u0021-\u007E\u0080-\u{10FFFF}]/gu

/**
 * One route rule with `auth`. Its pattern stands here three times: for paths in lower case, for paths as they are written,
 * and as the app wrote it. The most specific rule comes last.
 */
export type PathRule<Rule> = readonly [folded: RegExp, rule: Rule, written: RegExp, pattern: string]

/** What a route rule says of storing answers. */
export interface SharingRules { cache?: unknown, isr?: unknown, swr?: unknown, prerender?: unknown }

/** True for a route whose answer is stored and handed to others. */
export function isSharedRoute({ cache, isr, swr, prerender }: SharingRules): boolean {
  return Boolean(cache || isr || swr || prerender)
}

/**
 * Every path that a request path could be taken for, below `base`: as it is written and canonical, after each decoding.
 * Routers differ in what they decode, fold, collapse and keep; a guard asks for all of them, and the strictest answer counts.
 */
export function toGuardPaths(path: string, base = ''): string[] {
  let next = toPathname(path)
  // Most requests are written plainly: one spelling, and nothing to take apart.
  if (plain.test(next)) return [withoutPayload(withoutBase(next, base).toLowerCase()) || '/']
  const paths = new Set<string>()
  // Three rounds are one more than anything that serves a request undoes.
  for (let round = 0; round < 3; round++) {
    // `//host/path`: what reads it as a URL looks for the path behind the host.
    for (const reading of new Set([next, next.replace(/^[\\/]{2,}[^\\/]*/, '')])) {
      // A parameter takes `..` and a catch-all takes everything: they get the path as it is written.
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

/** The most specific of the rules whose patterns match a path of `toGuardPaths`. */
export function findPathRule<Rule>(rules: readonly PathRule<Rule>[], path: string): PathRule<Rule> | undefined {
  return rules.findLast(([folded]) => folded.test(path))
}

/** The same for a path as it is written: most handlers are found by its exact case. */
export function findWrittenRule<Rule>(rules: readonly PathRule<Rule>[], path: string): PathRule<Rule> | undefined {
  return rules.findLast(([, , written]) => written.test(path))
}

/** True if a route rule was written about this part of the app, so that the rule decides and not the exemption. */
export function isAbout(pattern: string, part: string): boolean {
  const [written, exempt] = [pattern.toLowerCase(), part.toLowerCase()]
  return written === exempt || written.startsWith(`${exempt}/`)
}

/** The path as it is written below `base`, without its query. Undefined for an address that only a tolerant reader finds below it. */
export function toWritten(address: string, base: string): string | undefined {
  const path = address.replace(/[?#].*/s, '')
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined
}

// `//`, `/./`, `..`, `;x`, `\`, case, control characters, a slash at the end and payload files are all one page.
function toCanonical(path: string): string {
  const segments: string[] = []
  for (const part of path.replaceAll('\\', '/').toLowerCase().split('/')) {
    // A segment's parameters, RFC 3986 §3.3, and what no path can hold.
    const segment = part.replace(/;.*/, '').replace(noPathCharacter, '')
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return withoutPayload(`/${segments.join('/')}`) || '/'
}

function withoutPayload(path: string): string {
  return path.endsWith('/_payload.json') || path.endsWith('/_payload.js') ? path.slice(0, path.lastIndexOf('/')) : path
}

// Also of the absolute form, `GET http://host/path`. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
function toPathname(path: string): string {
  return (path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#\\]*/i, '')).replace(/[?#].*/s, '') || '/'
}

function withoutBase(path: string, base: string): string {
  const isBelow = base !== '' && path.toLowerCase().startsWith(base.toLowerCase()) && /^(?:[\\/]|$)/.test(path.slice(base.length))
  return isBelow ? path.slice(base.length) : path
}

function decode(path: string): string {
  // Part by part: one malformed escape must not hide the others.
  return path.replace(/(?:%[\da-f]{2})+/gi, (escape) => {
    try {
      return decodeURIComponent(escape)
    }
    catch {
      return escape.replace(/%([0-7][\da-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    }
  })
}
