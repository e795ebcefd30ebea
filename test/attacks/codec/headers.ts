import { toKid } from './seal'
import type { Recipe } from './seal'
import type { Random } from './payloads'

const alg = 'dir'

/** Other values and additional fields; `undefined` removes a field. */
const changes: Record<string, unknown>[] = [
  ...['none', 'DIR', 'dir ', '', 'A256KW', 'ECDH-ES', 'PBES2-HS256+A128KW', 'RSA-OAEP', 'HPKE-0', '__proto__', 1, null, ['dir'], { dir: 1 }, true, undefined].map(alg => ({ alg })),
  ...['A256GCM', 'A256CBC-HS512', 'A128CBC-HS256', 'A192CBC-HS384', 'A128GCM', 'a256cbc-hs512', '', '__proto__', 'constructor', 'toString', 1, null, ['A256CBC-HS512'], undefined].map(enc => ({ enc })),
  ...['', 'foreign', '__proto__', 1, 0, null, true, [], {}, undefined].map(kid => ({ kid })),
  ...['DEF', 'GZIP', '', null, 1, undefined].map(zip => ({ zip })),
  ...[['exp'], [], ['x'], ['alg'], ['b64'], 'exp', null, [1], [''], ['x', 'x'], undefined].flatMap(crit => [{ crit }, { crit, x: 1, b64: true }]),
  { p2c: 1 }, { p2c: 2 ** 31, p2s: 'AAAA' }, { p2s: 1 }, { b64: false }, { b64: true }, { typ: 'JWT' }, { typ: 1 }, { cty: 'JWT' }, { jwk: { kty: 'oct', k: 'AA' } }, { jku: 'http://127.0.0.1:1/' }, { epk: {} }, { apu: 'AA', apv: 1 }, { iv: 'AA', tag: 'AA' }, { x: 1 }, { '': 1 }, { constructor: 1 }, { exp: 1 },
  // Claims that are repeated in a header have to equal those of the payload.
  { iss: 'x' }, { sub: '1' }, { sub: '2' }, { sub: 1 }, { aud: 'x' }, { aud: ['x'] }, { iss: null }, { sub: null },
]

/** A header as JSON: the usual one, another spelling of it, or another header. `wish` is the encryption that it names. */
function toText({ next, pick }: Random, usual: Record<string, unknown>): string {
  const json = JSON.stringify(usual)
  const chance = next()
  if (chance < 0.45) return json
  if (chance < 0.75) return JSON.stringify({ ...usual, ...pick(changes), ...next() < 0.2 ? pick(changes) : {} })
  return pick([
    JSON.stringify(Object.fromEntries(Object.entries(usual).toReversed())), JSON.stringify(usual, null, 1), ` ${json}`, `${json}\n`, json.replace('"alg"', '"\\u0061lg"'), json.replace('"dir"', '"d\\u0069r"'), json.replace('"kid":"', '"kid":"\\u002d'),
    json.replace('{', '{"alg":"none",'), json.replace('{', '{"enc":"A256GCM",'), json.replace('{', '{"kid":"foreign",'), json.replace(/\}$/, ',"alg":"none"}'), json.replace(/\}$/, ',"kid":"foreign"}'), json.replace(/\}$/, ',"enc":"A128GCM"}'), json.replace(/\}$/, ',"__proto__":{"zip":"DEF"}}'), json.replace('"alg":"dir",', '"__proto__":{"alg":"dir"},'),
    `\uFEFF${json}`, `${json}\uFEFF`, `[${json}]`, 'null', '1', '""', '{}', '', '{', json.slice(0, -1), `${json}x`, '['.repeat(3000), json.replace('{', `{"x":${'['.repeat(400)}${']'.repeat(400)},`),
  ])
}

/** An encoded header, for a token whose MAC covers exactly this text. */
export function toHeader(random: Random, { secret, salt, enc = 'A256CBC-HS512' }: Pick<Recipe, 'secret' | 'salt' | 'enc'>): string {
  const { next, pick } = random
  const kid = next() < 0.9 ? toKid(secret, salt, enc) : pick([undefined, toKid(secret, salt, enc === 'A256GCM' ? undefined : 'A256GCM')])
  const header = Buffer.from(toText(random, { alg, enc, kid })).toString('base64url')
  if (next() < 0.9) return header
  // The same bytes in another spelling, and invalid encodings.
  return pick([`${header}=`, `${header}==`, `${header}\n`, ` ${header}`, header.replaceAll('-', '+').replaceAll('_', '/'), `${header}A`, `${header}\u00E9`, `${header.slice(0, 8)} ${header.slice(8)}`, header.replace(/.$/, last => String.fromCharCode(last.charCodeAt(0) + 1))])
}
