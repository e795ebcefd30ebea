/** Callback URLs that try to redirect a user to `host`. */
export function toRedirects(host: string, own: string): string[] {
  const { host: ownHost } = new URL(own)
  const controls = ['\t', '\n', '\r', '\0', '\v', '\f', '\u001F', '\u007F', ' ', '\u00A0', '\u2028', '\uFEFF', '\u200B']
  const slashes = ['//', '\\\\', '/\\', '\\/', '///', '////', '/\\\\', '\\\\/', '/\\/', '//\\', '\\', '/%09/', '/%5c', '/%2f', '%2f%2f', '%5c%5c', '/%5C%5C', '/.//', '/..//', '/./\\', '/%2e//', '/%2e%2e//', '/%2e%2e/%2f', '/;//', '/x/..//', '/x/../../..//']
  const schemes = ['https:', 'http:', 'HTTPS:', 'hTTp:', 'ftp:', 'ws:', 'wss:', 'file:', 'blob:https:', 'view-source:https:', 'feed:https:', 'jar:https:', 'filesystem:https:', 'about:', 'intent:', 'x:']
  const active = ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)', 'java\nscript:alert(1)', ' javascript:alert(1)', '\u0001javascript:alert(1)', 'javascript://%0aalert(1)', `javascript://${host}/%0aalert(1)`, 'data:text/html,<script>alert(1)</script>', 'data:text/html;base64,PHNjcmlwdD4=', 'vbscript:msgbox(1)', 'about:blank', 'about:srcdoc', 'mailto:a@b', 'tel:1']
  return [...new Set([
    ...slashes.map(slash => slash + host), ...slashes.slice(0, 10).map(slash => `${slash}${host}/%2f..`),
    ...schemes.flatMap(scheme => [`${scheme}//${host}`, `${scheme}${host}`, `${scheme}/${host}`, `${scheme}\\\\${host}`]),
    ...active,
    ...controls.flatMap(control => [`${control}//${host}`, `/${control}/${host}`, `//${control}${host}`, `https:${control}//${host}`]),
    ...['%00', '%09', '%0a', '%0d', '%0d%0a', '%20', '%e2%80%a8'].flatMap(control => [`/${control}/${host}`, `${control}//${host}`, `/x${control}location:%20https://${host}`]),
    ...['\r\nlocation: https://', '\nset-cookie: a=b; domain=', '\r\n\r\n<script src=//'].map(text => `/x${text}${host}`),
    // The app's own host in a place where it doesn't count.
    `https://${ownHost}@${host}`, `https://${host}#${ownHost}`, `https://${host}?${ownHost}`, `https://${host}\\@${ownHost}`, `https://${ownHost}:x@${host}`, `https://${ownHost}.${host}`, `${own}.${host}`, `${own}@${host}`, `${own}:80@${host}`, `${own}\\.${host}`, `${own}%2e${host}`, `${own}%00.${host}`, `https://${host}/${ownHost}`, `https://${host}\\${own}`,
    // Credentials, and variations of the app's own origin.
    `https://user:pw@${ownHost}/`, `${own.replace('//', '//user:pw@')}/`, `${own.replace('//', '//@')}/`, `blob:${own}/x`, `filesystem:${own}/x`, own.replace('http:', 'https:'), own.replace('http:', 'ftp:'), own.replace(/:\d+$/, ':1'), own.replace(/:\d+$/, ''), `${own}:99999`,
    // Dots and slashes from other scripts, which browsers map to ASCII.
    ...['\u3002', '\uFF0E', '\uFF61'].map(dot => `//${host.replace('.', dot)}`), ...['\uFF0F', '\u2044', '\u2215', '\u29F8'].flatMap(slash => [`${slash}${slash}${host}`, `/${slash}${host}`]), '//\uFF45vil.example', `//\u202E${host}`, `//xn--${host}`,
    // IP addresses and malformed hosts.
    '//[::1]', '//[::ffff:7f00:1]', '//2130706433', '//0x7f000001', '//0177.0.0.1', '//127.1', '//169.254.169.254', '//localhost', '//[v1.x]', '//0', '//.', '//..', '//', '///', '\\\\', '//@', '//:80', '//?', '//#',
    `//${host}:80`, `//${host}:443/x`, `//${host}\\x`, `//${host}/..`, `//user@${host}`, `//user:pw@${host}`, `//${host}?x=/`, `//${host}#/`, `//${host};x`, `//${host.toUpperCase()}`,
    // Double-encoded, malformed and long values.
    '%252f%252fevil.example', '/%252f/evil.example', '%zz', '%', '/%', '/%E0%A4%A', '/\uD800', '\uDFFF//evil.example', `/${'x'.repeat(20_000)}`, `//${host}/${'x'.repeat(20_000)}`, `${'/'.repeat(3000)}${host}`, '', ' ', '.', '..', '?', '#', '/?/', 'null', 'undefined', '[object Object]', '__proto__',
  ])]
}
