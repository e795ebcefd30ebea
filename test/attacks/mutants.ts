import { createHmac, randomBytes } from 'node:crypto'
import { decode } from '@auth/core/jwt'
import { deflateRawSync } from 'node:zlib'

const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const noise = (bytes: number) => randomBytes(bytes).toString('base64url')

interface Sealed { token: string, secret: string, salt: string }

/** Forgeries of a valid token, by name. Every one has to be refused. */
export async function toMutants({ token, secret, salt }: Sealed): Promise<Record<string, string>> {
  const [header = '', key = '', iv = '', ciphertext = '', tag = ''] = token.split('.')
  const own = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
  const claims = { ...await decode({ token, secret, salt }), role: 'admin' }
  const body = `${key}.${iv}.${ciphertext}.${tag}`
  const withHeader = (change: Record<string, unknown>) => `${encode({ ...own, ...change })}.${body}`
  const flip = (text: string, at: number) => {
    const bytes = Buffer.from(text, 'base64url')
    bytes[at < 0 ? bytes.length + at : at]! ^= 1
    return bytes.toString('base64url')
  }
  const signed = (alg: string, hmac: string, from: string) => {
    const input = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
    return `${input}.${createHmac(hmac, from).update(input).digest('base64url')}`
  }
  const ephemeral = { kty: 'EC', crv: 'P-256', x: noise(32), y: noise(32) }
  const bomb = deflateRawSync(Buffer.alloc(10_000_000, ' ')).toString('base64url')
  return {
    'alg none': `${encode({ alg: 'none' })}.${encode(claims)}.`, 'alg None': `${encode({ alg: 'None' })}.${encode(claims)}.`, 'alg none, no dot': `${encode({ alg: 'none' })}.${encode(claims)}`, 'alg none as JWE': `${encode({ alg: 'none', enc: own.enc })}..${iv}.${encode(claims)}.${tag}`, 'enc none': withHeader({ enc: 'none' }),
    'HS256 by the secret': signed('HS256', 'sha256', secret), 'HS512 by the secret': signed('HS512', 'sha512', secret), 'HS256 by nothing': signed('HS256', 'sha256', ''), 'HS256 by the salt': signed('HS256', 'sha256', salt), 'RS256': `${encode({ alg: 'RS256' })}.${encode(claims)}.${noise(256)}`, 'EdDSA': `${encode({ alg: 'EdDSA' })}.${encode(claims)}.${noise(64)}`, 'ES256, zero': `${encode({ alg: 'ES256' })}.${encode(claims)}.${Buffer.alloc(64).toString('base64url')}`,
    'PBES2 with 2^31 rounds': `${encode({ ...own, alg: 'PBES2-HS512+A256KW', p2c: 2 ** 31, p2s: noise(16) })}.${noise(40)}.${iv}.${ciphertext}.${tag}`, 'PBES2 with 10^6 rounds': `${encode({ ...own, alg: 'PBES2-HS256+A128KW', p2c: 1e6, p2s: noise(16) })}.${noise(40)}.${iv}.${ciphertext}.${tag}`, 'PBES2 without rounds': withHeader({ alg: 'PBES2-HS256+A128KW' }),
    'ECDH-ES': withHeader({ alg: 'ECDH-ES', epk: ephemeral }), 'ECDH-ES+A256KW': withHeader({ alg: 'ECDH-ES+A256KW', epk: ephemeral }), 'ECDH-ES, point at zero': withHeader({ alg: 'ECDH-ES', epk: { ...ephemeral, x: 'AA', y: 'AA' } }),
    ...Object.fromEntries(['A128KW', 'A256KW', 'A256GCMKW', 'RSA-OAEP', 'RSA1_5', 'DIR', 'Dir', '', 'dir ', 1, null, ['dir'], { dir: 1 }, true].map(alg => [`alg ${JSON.stringify(alg)}`, withHeader({ alg })])),
    ...Object.fromEntries(['A128CBC-HS256', 'A192CBC-HS384', 'A128GCM', 'A192GCM', 'A256GCM', 'a256cbc-hs512', 'XC20P', '', 1, null, ['A256CBC-HS512'], '__proto__', 'constructor'].map(enc => [`enc ${JSON.stringify(enc)}`, withHeader({ enc })])),
    'zip DEF': withHeader({ zip: 'DEF' }), 'zip GZIP': withHeader({ zip: 'GZIP' }), 'zip bomb': `${encode({ ...own, zip: 'DEF' })}..${iv}.${bomb.slice(0, 3000)}.${tag}`,
    'crit': withHeader({ crit: ['exp'] }), 'crit, unknown': withHeader({ crit: ['x'], x: 1 }), 'crit, empty': withHeader({ crit: [] }), 'crit b64': withHeader({ crit: ['b64'], b64: false }), 'b64': withHeader({ b64: false }),
    'jwk': withHeader({ jwk: { kty: 'oct', k: noise(64) } }), 'jku': withHeader({ jku: 'http://127.0.0.1:1/' }), 'x5u': withHeader({ x5u: 'http://127.0.0.1:1/' }), 'x5c': withHeader({ x5c: ['x'] }),
    'kid missing': `${encode({ alg: own.alg, enc: own.enc })}.${body}`, 'kid path': withHeader({ kid: '../../../../dev/null' }), 'kid sql': withHeader({ kid: '\' OR 1=1--' }), 'kid number': withHeader({ kid: 1 }), 'kid null': withHeader({ kid: null }), 'kid proto': withHeader({ kid: '__proto__' }), 'typ': withHeader({ typ: 'JWT' }), 'cty': withHeader({ cty: 'JWT' }), 'p2c': withHeader({ p2c: 1 }),
    'tag gone': `${header}.${key}.${iv}.${ciphertext}.`, 'tag cut by one': `${header}.${key}.${iv}.${ciphertext}.${tag.slice(0, -1)}`, 'tag of half': `${header}.${key}.${iv}.${ciphertext}.${tag.slice(0, 21)}`, 'tag of one byte': `${header}.${key}.${iv}.${ciphertext}.AA`, 'tag twice': `${header}.${key}.${iv}.${ciphertext}.${tag}${tag}`, 'tag of zeros': `${header}.${key}.${iv}.${ciphertext}.${Buffer.alloc(32).toString('base64url')}`,
    'iv gone': `${header}.${key}..${ciphertext}.${tag}`, 'iv cut': `${header}.${key}.${iv.slice(0, 8)}.${ciphertext}.${tag}`, 'iv of zeros': `${header}.${key}.${Buffer.alloc(16).toString('base64url')}.${ciphertext}.${tag}`, 'text gone': `${header}.${key}.${iv}..${tag}`, 'text cut by a block': `${header}.${key}.${iv}.${Buffer.from(ciphertext, 'base64url').subarray(0, -16).toString('base64url')}.${tag}`, 'text doubled': `${header}.${key}.${iv}.${ciphertext}${ciphertext}.${tag}`, 'a key where none is': `${header}.${noise(40)}.${iv}.${ciphertext}.${tag}`,
    ...Object.fromEntries([0, 7, 15, -1].map(at => [`iv, byte ${at}`, `${header}.${key}.${flip(iv, at)}.${ciphertext}.${tag}`])), ...Object.fromEntries([0, 16, -17, -16, -1].map(at => [`text, byte ${at}`, `${header}.${key}.${iv}.${flip(ciphertext, at)}.${tag}`])), ...Object.fromEntries([0, 15, 31].map(at => [`tag, byte ${at}`, `${header}.${key}.${iv}.${ciphertext}.${flip(tag, at)}`])), ...Object.fromEntries([1, 5, 20].map(at => [`header, byte ${at}`, `${flip(header, at)}.${body}`])),
    'std64': token.replaceAll('-', '+').replaceAll('_', '/').replace(/\.([^.]*)$/, '.$1='), 'padded': `${token}=`, 'space before the tag': `${header}.${key}.${iv}.${ciphertext}.%20${tag}`, 'line break': `${header}.${key}.${iv}.${ciphertext}.%0a${tag}`, 'NUL': `${token}%00`, 'a sixth part': `${token}.x`, 'four parts': `${header}.${iv}.${ciphertext}.${tag}`, 'dots': '....', 'header alone': `${header}....`, 'reversed': [...token].reverse().join(''), 'upper case': token.toUpperCase(), 'twice': `${token}.${token}`, 'header with spaces': `${encode(JSON.stringify(own, null, 1))}.${body}`, 'header twice the alg': `${encode(`{"alg":"none",${JSON.stringify(own).slice(1)}`)}.${body}`, 'header array': `${encode([own])}.${body}`, 'header null': `${encode('null')}.${body}`, 'header of junk': `${encode('{')}.${body}`, 'header with a BOM': `${encode(`\uFEFF${JSON.stringify(own)}`)}.${body}`,
    'as JSON': encodeURIComponent(JSON.stringify({ protected: header, iv, ciphertext, tag })), 'plain claims': encodeURIComponent(JSON.stringify(claims)), 'claims in base64': encode(claims), 'null': 'null', 'undefined': 'undefined', 'object': '[object Object]', 'true': 'true', 'j: cookie': encodeURIComponent(`j:${JSON.stringify(claims)}`), 's: cookie': `s%3A1.${noise(32)}`,
  }
}
