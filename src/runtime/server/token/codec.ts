import type { Awaitable } from '../../shared/types'
import { after } from '../http/after'
import { encodeBase64url, isBase64url } from './base64url'
import { deriveBytes, toThumbprint } from './hash'
import { lazy } from '../http/lazy'
import { clockTolerance, openToken, sealToken, toNodeKeys } from './node-codec'
import type { Key } from './node-codec'

/** Lifetime of a session that says nothing else, in seconds: 30 days, as in Auth.js. */
export const defaultMaxAge = 30 * 24 * 60 * 60

const alg = 'dir'
const enc = 'A256CBC-HS512'
/** Key lengths in bytes of the content encryptions that Auth.js has issued. */
const keyLengths: Record<string, number> = { 'A256CBC-HS512': 64, 'A256GCM': 32 }
/** Secrets whose keys are kept at most, with room for tenants; and keys of one: of each cookie name, mostly one. */
const [maxSecrets, maxKeys] = [64, 8]

// For what node:crypto did not seal, or is not there for. Loading it takes longer than starting the rest of a server.
const loadJose = lazy(() => import('jose'))

// By secret, then by cookie: names put together would be hashed at every request. Once a key is there it is itself, for waiting costs a turn.
const keys = new Map<string, Map<string, Awaitable<Key>>>()

export interface EncodeParams { token?: object, secret: string | string[], salt: string, maxAge?: number }
export interface DecodeParams { token?: string, secret: string | string[], salt: string }

/** Token → encrypted cookie value (compact JWE), byte-compatible with `encode` of `@auth/core/jwt`. `maxAge` in seconds. */
export async function encodeToken({ token = {}, secret, salt, maxAge = defaultMaxAge }: EncodeParams): Promise<string> {
  const [newest = ''] = [secret].flat()
  const key = await getKey(newest, salt, enc)
  const own = { ...token }
  // The same on every host: jose takes only what can be cloned, and a `toJSON` of the token's own would leave its times out.
  const claims = key.node && !('toJSON' in own) ? own : JSON.parse(JSON.stringify(own)) as object
  const iat = Math.floor(Date.now() / 1000)
  return sealToken({ ...claims, iat, exp: iat + maxAge, jti: crypto.randomUUID() }, key) ?? await encodeWithJose(claims, key, maxAge)
}

async function encodeWithJose(claims: object, key: Key, maxAge: number): Promise<string> {
  const { EncryptJWT } = await loadJose()
  return await new EncryptJWT({ ...claims })
    .setProtectedHeader({ alg, enc, kid: key.kid })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + maxAge)
    .setJti(crypto.randomUUID())
    .encrypt(key.bytes)
}

/** Cookie value → token; null for anything but an authentic token that has not expired. `salt` is the cookie's name. */
export function decodeToken({ token, secret, salt }: DecodeParams): Awaitable<Record<string, unknown> | null> {
  return token ? decodeFrom(0, token, typeof secret === 'string' ? [secret] : secret, salt) : null
}

/** With the secret at `index`, or one behind it. */
function decodeFrom(index: number, token: string, secrets: string[], salt: string): Awaitable<Record<string, unknown> | null> {
  const secret = secrets[index]
  if (secret === undefined) return decodeWithJose(token, secrets, salt)
  return after(getKey(secret, salt, enc), key => openToken(token, key) ?? decodeFrom(index + 1, token, secrets, salt))
}

async function decodeWithJose(token: string, secrets: string[], salt: string): Promise<Record<string, unknown> | null> {
  // Another spelling would be another token, which nobody was given.
  if (!token.split('.').every(isBase64url)) return null
  const { jwtDecrypt } = await loadJose()
  try {
    const { payload } = await jwtDecrypt(token, header => getDecryptionKey(secrets, salt, header), {
      clockTolerance,
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: Object.keys(keyLengths),
    })
    return payload
  }
  catch {
    // Which check failed is nobody's business: forged, expired and foreign tokens are the same nothing.
    return null
  }
}

async function getDecryptionKey(secrets: string[], salt: string, header: { kid?: string, enc?: string }): Promise<Uint8Array> {
  for (const secret of secrets) {
    const key = await getKey(secret, salt, header.enc ?? '')
    // Auth.js once issued tokens without a key id; they belong to the newest secret.
    if (header.kid === undefined || header.kid === key.kid) return key.bytes
  }
  throw new Error('no secret fits')
}

function getKey(secret: string, salt: string, encryption: string): Awaitable<Key> {
  const id = encryption === enc ? salt : `${encryption}\0${salt}`
  const known = keys.get(secret)?.get(id)
  if (known) return known
  const ofSecret = keys.get(secret) ?? new Map<string, Awaitable<Key>>()
  const key = deriveKey(secret, salt, encryption)
  keep(keys, secret, ofSecret, maxSecrets)
  keep(ofSecret, id, key, maxKeys)
  key.then(value => ofSecret.get(id) === key && ofSecret.set(id, value), () => {})
  return key
}

function keep<T>(map: Map<string, T>, id: string, value: T, max: number): void {
  if (map.size >= max && !map.has(id)) map.delete(map.keys().next().value ?? '')
  map.set(id, value)
}

// HKDF as Auth.js parametrises it, and the key's thumbprint as its id: https://www.rfc-editor.org/rfc/rfc7638
async function deriveKey(secret: string, salt: string, encryption: string): Promise<Key> {
  const length = keyLengths[encryption]
  if (!length) throw new Error('unknown content encryption')
  const bytes = await deriveBytes(secret, salt, `Auth.js Generated Encryption Key (${salt})`, length)
  const kid = await toThumbprint(JSON.stringify({ k: encodeBase64url(bytes), kty: 'oct' }), length === 64 ? 512 : 256)
  const header = encodeBase64url(new TextEncoder().encode(JSON.stringify({ alg, enc: encryption, kid })))
  return { bytes, kid, header, node: encryption === enc ? toNodeKeys(bytes, header) : undefined }
}
