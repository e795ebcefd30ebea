/**
 * Spellings of a path: a router, a proxy or a cache may treat each as equal to it, or not.
 * @param {string} path
 * @returns {string[]} Paths and request targets, each once
 */
export function toVariants(path) {
  const segments = path.split('/').slice(1)
  const [first = '', ...rest] = segments
  const tail = rest.length > 0 ? `/${rest.join('/')}` : ''
  const last = segments.at(-1) ?? ''
  const front = path.slice(0, -last.length)
  const upper = text => text.toUpperCase()
  const hex = character => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  const encodeAt = (text, at) => text.slice(0, at) + hex(text[at] ?? '') + text.slice(at + 1)
  const letters = [...path].flatMap((character, at) => /[a-z]/i.test(character) ? [encodeAt(path, at)] : [])
  const slashes = ['%2f', '%2F', '%5c', '\\', '//', '/./', '/../', '/..;/', '/%2e/', '/%2e%2e/', '/;/', '/x/../', '/%00/', '%252f', '/%20/', '/.%00/', '/\t/', '/%09/']
  return [...new Set([
    path, upper(path), `/${upper(first)}${tail}`, `${front}${upper(last)}`, `/${first[0]?.toUpperCase()}${first.slice(1)}${tail}`,
    ...letters, ...letters.map(letter => letter.replace('%', '%25')), ...letters.map(upper),
    [...path].map(character => character === '/' ? '/' : hex(character)).join(''),
    [...path].map(hex).join(''),
    ...slashes.flatMap(slash => [path.replaceAll(/(?<=.)\//g, slash), `${slash}${path.slice(1)}`, `/${first}${slash}${rest.join('/')}`]),
    `${path}/`, `${path}//`, `${path}/.`, `${path}/..`, `${path}/../${last}`, `${path}.`, `${path}..`, `${path}%20`, `${path}%00`, `${path}%0a`, `${path};`, `${path};a=b`, `${path}?`, `${path}??`, `${path}#`, `${path}%23`, `${path}%3f`,
    `${path}?auth=false`, `${path}?x=/public`, `${path}/?`, `${path}.json`, `${path}.html`, `${path}/index`, `${path}/index.html`, `${path}~`, `${path}*`, `${path}%2a`,
    // Replaces each segment with one that matches a parameter or a catch-all, but never occurs in a normalized path.
    ...segments.flatMap((_, at) => ['..', '.', '', ';x', '..;', '%2e%2e', '%2e', '\\', ' '].map(other => `/${segments.with(at, other).join('/')}`)),
    ...segments.flatMap((_, at) => ['..', '.', '', ';x'].map(other => `/${segments.toSpliced(at, 0, other).join('/')}`)),
    // A host at the start of a path.
    ...['//x', '/\\x', '\\\\x', '///x', '//x:1', '//x@y', '//[::1]', '//%78', '/%2fx', '/%5cx'].map(host => host + path),
    `/.${path}`, `/..${path}`, `//..${path}`, `/%2e%2e${path}`, `/x/..${path}`, `/x/%2e%2e${path}`, `/public/..;${path}`, `/;${path}`, `//${path}`, `///${path}`, `/\\${path}`, `\\${path}`, `/%2f${path}`, `/%5c${path}`,
    `http://localhost${path}`, `https://evil.example${path}`, `http://localhost/public/..${path}`, `http:${path}`, `*${path}`, `@${path}`, `${path.slice(1)}`,
    `${path}/_payload.json`, `${path}/_payload.js`, `${path}/_payload.json?hash`, `${upper(path)}/_payload.json`, `/%61${path}`, `/_payload.json/..${path}`,
    `/__nuxt_error?url=${path}`, `/__nuxt_error${path}`, `/__nuxt_island${path}`, `/_nuxt/..${path}`, `/_nuxt/%2e%2e${path}`, `/_ipx/_/..${path}`, `/api/auth/..${path}`, `/api/auth/session/../../..${path}`,
    ...[...first].map((_, at) => `/${first.slice(0, at)}\u017F${first.slice(at + 1)}${tail}`), path.replace('i', '\u0130'), path.replace('i', '\u0131'), path.replace('s', '%C5%BF'), path.replace('k', '%E2%84%AA'),
    `/%E0%A4%A/..${path}`, `/%ff/..${path}`, `${path}%E0%A4%A`,
  ])]
}

/**
 * Headers that some servers read as the path, the method, the client address or an internal header.
 * @type {Record<string, string>[]}
 */
export const trickHeaders = [
  { 'x-middleware-subrequest': 'middleware' }, { 'x-nitro-prerender': '1' }, { 'x-nuxt-no-ssr': 'true' }, { 'x-nuxt-error': 'true' }, { 'x-original-url': '/public' }, { 'x-rewrite-url': '/public' },
  { 'x-forwarded-for': '127.0.0.1' }, { 'x-real-ip': '127.0.0.1' }, { 'x-forwarded-uri': '/public' }, { 'x-forwarded-path': '/public' }, { 'x-forwarded-host': 'localhost' }, { 'x-forwarded-proto': 'http' },
  { 'x-http-method-override': 'GET' }, { 'x-method-override': 'OPTIONS' }, { purpose: 'prefetch' }, { 'sec-purpose': 'prefetch' }, { 'x-nuxt-payload': '1' }, { host: 'localhost/public?x=' }, { host: 'x#' }, { host: 'x@y' },
  { authorization: 'Bearer %E0%A4%A' }, { authorization: 'Bearer undefined' }, { authorization: 'Bearer null' }, { authorization: 'Bearer ' }, { accept: 'application/json' }, { accept: 'text/html' }, { accept: '' }, { 'content-type': 'application/json' },
  { cookie: 'authjs.session-token=' }, { cookie: 'authjs.session-token=undefined' }, { cookie: 'authjs.session-token.0=a; authjs.session-token.1=b' }, { cookie: 'authjs.callback-url=javascript:x' }, { cookie: '__proto__=x; constructor=y' },
]
