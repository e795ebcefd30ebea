import { lazy } from '../http/lazy'
import { isBase64url } from './base64url'
import type { JWT } from './claims'
import { getKey } from './keys'
import type { TokenKey } from './keys'
import { nodeCrypto } from './node-crypto'

// A token is a compact JWE (RFC 7516) as Auth.js issues it: direct encryption with A256CBC-HS512 (RFC 7518 §5.2).
// `node:crypto` seals and opens it. Without node:crypto, and for every token that the fast path refuses, jose decides.

/** Lifetime of a session if the definition sets none, in seconds: 30 days, as in Auth.js. */
export const defaultMaxAge = 30 * 24 * 60 * 60

const alg = 'dir'
const enc = 'A256CBC-HS512'
/** Seconds by which clocks may differ, as in Auth.js. */
const clockTolerance = 15
/** Bytes of an IV, and of an authentication tag. */
const [ivLength, tagLength] = [16, 32]

// Lazy, because loading jose takes longer than starting the rest of a server. Imported by function, so that bundles
// leave out the rest of jose.
const loadEncrypt = lazy(() => import('jose/jwe/compact/encrypt'))
const loadDecrypt = lazy(() => import('jose/jwt/decrypt'))
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Parameters of `encodeToken`. Of several secrets, the first is the newest. */
export interface EncodeParams { token?: object, secret: string | string[], salt: string, maxAge?: number }
/** Parameters of `decodeToken`. A token may be encrypted with any of several secrets. */
export interface DecodeParams { token?: string, secret: string | string[], salt: string }

/** Token → encrypted cookie value, interchangeable with `encode` of `@auth/core/jwt`. `maxAge` in seconds. */
export async function encodeToken({ token = {}, secret, salt, maxAge = defaultMaxAge }: EncodeParams): Promise<string> {
  const [newest = ''] = [secret].flat()
  const key = await getKey(newest, salt, enc)
  // Copied as JSON first, because a claim named `toJSON` would replace the claims that are set here.
  const claims: object = JSON.parse(JSON.stringify({ ...token }))
  const iat = toSeconds(Date.now())
  const payload = JSON.stringify({ ...claims, iat, exp: iat + maxAge, jti: crypto.randomUUID() })
  return sealWithNode(payload, key) ?? await sealWithJose(payload, key)
}

/** Cookie value → token, or null unless it is authentic and has not expired. `salt` is the name of the cookie. */
export async function decodeToken({ token, secret, salt }: DecodeParams): Promise<JWT | null> {
  if (!token) return null
  const parts = token.split('.')
  // Decoders are lenient. A token in another spelling is not the token that was issued.
  if (!parts.every(isBase64url)) return null
  const secrets = [secret].flat()
  for (const one of secrets) {
    const opened = openWithNode(parts, await getKey(one, salt, enc))
    if (opened) return opened
  }
  return await openWithJose(token, secrets, salt)
}

/** Encrypts, then authenticates: RFC 7518 §5.2.2.1. Undefined on a host without node:crypto. */
function sealWithNode(payload: string, { header, node }: TokenKey): string | undefined {
  if (!nodeCrypto || !node) return undefined
  const iv = nodeCrypto.randomBytes(ivLength)
  const cipher = nodeCrypto.createCipheriv('aes-256-cbc', node.encryption, iv)
  const ciphertext = Buffer.concat([cipher.update(payload, 'utf8'), cipher.final()])
  const tag = toTag(header, iv, ciphertext, node.mac)
  return `${header}..${iv.toString('base64url')}.${ciphertext.toString('base64url')}.${tag.toString('base64url')}`
}

/**
 * Authenticates, then decrypts: RFC 7518 §5.2.2.2. Undefined for anything that is not fully recognised.
 * All of that is left to jose, so that every refusal looks the same and a caller can't tell which check failed.
 */
function openWithNode(parts: string[], { header, node }: TokenKey): JWT | undefined {
  if (!nodeCrypto || !node || parts.length !== 5 || parts[0] !== header || parts[1] !== '') return undefined
  const [iv, ciphertext, tag] = parts.slice(2).map(part => Buffer.from(part, 'base64url'))
  if (iv?.length !== ivLength || !ciphertext || tag?.length !== tagLength) return undefined
  if (!nodeCrypto.timingSafeEqual(tag, toTag(header, iv, ciphertext, node.mac))) return undefined
  try {
    const decipher = nodeCrypto.createDecipheriv('aes-256-cbc', node.encryption, iv)
    const payload: unknown = JSON.parse(utf8.decode(Buffer.concat([decipher.update(ciphertext), decipher.final()])))
    return isCurrent(payload) ? payload : undefined
  }
  catch {
    return undefined
  }
}

/** The first half of an HMAC of header, IV, ciphertext, and the header's length in bits: RFC 7518 §5.2.2.1. */
function toTag(header: string, iv: Buffer, ciphertext: Buffer, mac: NonNullable<TokenKey['node']>['mac']): Buffer {
  const headerBits = Buffer.alloc(8)
  headerBits.writeUInt32BE(header.length * 8, 4)
  // One buffer, because each call of `update` takes a microsecond.
  const authenticated = Buffer.concat([Buffer.from(header, 'ascii'), iv, ciphertext, headerBits])
  return nodeCrypto!.createHmac('sha512', mac).update(authenticated).digest().subarray(0, tagLength)
}

/** True for claims that jose would accept, too: times are numbers, and now is between them. */
function isCurrent(payload: unknown): payload is JWT {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return false
  const { exp, nbf, iat }: { exp?: unknown, nbf?: unknown, iat?: unknown } = payload
  if (!isTime(exp) || !isTime(nbf) || !isTime(iat)) return false
  const now = toSeconds(Date.now())
  if (exp !== undefined && exp <= now - clockTolerance) return false
  return nbf === undefined || nbf <= now + clockTolerance
}

function isTime(claim: unknown): claim is number | undefined {
  return claim === undefined || typeof claim === 'number'
}

async function sealWithJose(payload: string, { bytes, kid }: TokenKey): Promise<string> {
  const { CompactEncrypt } = await loadEncrypt()
  const plaintext = new TextEncoder().encode(payload)
  return await new CompactEncrypt(plaintext).setProtectedHeader({ alg, enc, kid }).encrypt(bytes)
}

async function openWithJose(token: string, secrets: string[], salt: string): Promise<JWT | null> {
  const { jwtDecrypt } = await loadDecrypt()
  try {
    const { payload } = await jwtDecrypt(token, header => getDecryptionKey(secrets, salt, header), {
      clockTolerance,
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc, 'A256GCM'],
    })
    // An authentic token has the claims that `encodeToken` or Auth.js wrote.
    return payload as JWT
  }
  catch {
    // Forged, expired and foreign tokens are refused alike.
    return null
  }
}

interface Header { kid?: string, enc?: string }

async function getDecryptionKey(secrets: string[], salt: string, header: Header): Promise<Uint8Array> {
  for (const secret of secrets) {
    const { bytes, kid } = await getKey(secret, salt, header.enc === 'A256GCM' ? 'A256GCM' : enc)
    // Auth.js once issued tokens without a key ID; they belong to the newest secret.
    if (header.kid === undefined || header.kid === kid) return bytes
  }
  throw new Error('no secret fits')
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
