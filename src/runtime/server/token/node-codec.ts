import { blockSize, toCbc } from './aes-cbc'
import type { Cbc } from './aes-cbc'
import { hashWithNode } from './hash'
import { toJsonCopy } from './json-copy'
import { isReturning, recall, remember, tagLength } from './opened'

// Not an import: hosts without node:crypto must be able to load this file. They have no `getBuiltinModule`, or get undefined.
const crypto = globalThis.process?.getBuiltinModule?.('node:crypto')

/** Whether this host opens and seals tokens with node:crypto, in one synchronous call. */
export const hasNodeCrypto = crypto !== undefined

/** One secret's key for one cookie. `header` is the encoded JWE header of every token that it seals. */
export interface Key { bytes: Uint8Array, kid: string, header: string, node: NodeKeys | undefined }

/** A key, ready for use: made once, because making it costs more than using it. */
export interface NodeKeys {
  cbc: Cbc
  /** What every token of this key begins with. */
  prefix: string
  /** What the inner hash of every HMAC begins with: the key's block and the header. */
  inner: Buffer
  /** What the outer one is of: the key's other block, and room for the inner one. */
  outer: Buffer
  /** What it ends with: the length of the header, in bits. */
  last: Buffer
}

/** Bytes of a block of SHA-512. */
const hashBlockSize = 128

/** A key's halves (RFC 7518 §5.2.2.1); undefined on a host without node:crypto. */
export function toNodeKeys(bytes: Uint8Array, header: string): NodeKeys | undefined {
  const cbc = toCbc(bytes.subarray(32))
  if (!cbc) return undefined
  const last = Buffer.alloc(8)
  last.writeUInt32BE(header.length * 8, 4)
  const pad = (byte: number) => Buffer.alloc(hashBlockSize, byte).map((value, index) => value ^ (index < 32 ? bytes[index]! : 0))
  return { cbc, prefix: `${header}..`, inner: Buffer.concat([pad(0x36), Buffer.from(header)]), outer: Buffer.concat([pad(0x5C), Buffer.alloc(64)]), last }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Seconds by which clocks may differ, as in Auth.js. */
export const clockTolerance = 15

/** Characters of an IV: 16 bytes in base64url. */
const ivLength = 22

/**
 * Opens a token that this key sealed with A256CBC-HS512 (RFC 7518 §5.2). Accepts only what it fully recognises:
 * undefined for everything else, about which jose has the last word, so that no answer tells which check failed.
 */
export function openToken(token: string, { node }: Key): Record<string, unknown> | undefined {
  if (!crypto || !node || !token.startsWith(node.prefix)) return undefined
  const bytes = recall(token) ?? toBytes(token, node)
  if (!bytes || !crypto.timingSafeEqual(bytes.tag, toTag(bytes.sealed, node))) return undefined
  try {
    // What one request does to it, the next must not see.
    const payload = 'payload' in bytes ? toJsonCopy(bytes.payload) : decipher(bytes, node)
    return isCurrent(payload) ? payload : undefined
  }
  catch {
    return undefined
  }
}

/** A token as it was read. `token` is a text of its own, not a part of the cookie. */
interface Bytes { token: string, sealed: Buffer, tag: Buffer }

/** The payload of a token whose MAC is right. Throws on what is no object. */
function decipher({ token, sealed, tag }: Bytes, { cbc, inner }: NodeKeys): object {
  const payload = JSON.parse(utf8.decode(cbc.open(sealed.subarray(inner.length, -8)))) as object
  if (isReturning(tag)) remember({ token, sealed, tag, payload })
  return payload
}

/** Seals a payload as Auth.js does; undefined on a host without node:crypto. */
export function sealToken(payload: object, { node }: Key): string | undefined {
  if (!crypto || !node) return undefined
  const sealed = Buffer.concat([node.inner, node.cbc.seal(JSON.stringify(payload)), node.last])
  return toText(sealed, toTag(sealed, node), node)
}

/** Header, IV, ciphertext and tag as they are written. */
function toText(sealed: Buffer, tag: Buffer, { inner, prefix }: NodeKeys): string {
  const start = inner.length + blockSize
  return `${prefix}${sealed.toString('base64url', inner.length, start)}.${sealed.toString('base64url', start, sealed.length - 8)}.${tag.toString('base64url')}`
}

/** The same as bytes; undefined for another spelling, which would be another token that nobody was given. */
function toBytes(token: string, node: NodeKeys): Bytes | undefined {
  const text = token.slice(node.prefix.length)
  const sealed = toSealed(text.slice(0, ivLength), text.slice(ivLength + 1, -tagLength - 1), node)
  const tag = Buffer.from(text.slice(-tagLength), 'base64url')
  // Buffer reads generously. To write it again is quicker than to look at each character.
  const written = toText(sealed, tag, node)
  return written === token ? { token: written, sealed, tag } : undefined
}

/** IV and ciphertext, with what the tag vouches for besides: header before them, the header's length behind. It begins with the key's block, as the hash does. */
function toSealed(iv: string, ciphertext: string, { inner, last }: NodeKeys): Buffer {
  const end = inner.length + blockSize + Math.floor(ciphertext.length * 3 / 4)
  const sealed = Buffer.allocUnsafe(end + last.length)
  sealed.set(inner)
  sealed.write(iv, inner.length, 'base64url')
  sealed.write(ciphertext, inner.length + blockSize, 'base64url')
  sealed.set(last, end)
  return sealed
}

/** Room for a hash, and its half that is the tag: what is there is the last one's. Nothing here waits, so nobody else comes between. */
const digest = globalThis.Buffer?.alloc(64)
const half = digest?.subarray(0, 32)

// The first half of an HMAC (RFC 7518 §5.2.2.1), which is two hashes (RFC 2104 §2). Node's own `Hmac` is a stream with a native object, made anew each time.
function toTag(sealed: Uint8Array, { outer }: NodeKeys): Buffer {
  // A hash as a text of one character a byte: a buffer costs more than the hash.
  outer.write(hashWithNode('sha512', sealed, 'latin1'), hashBlockSize, 'latin1')
  digest.write(hashWithNode('sha512', outer, 'latin1'), 'latin1')
  return half
}

function isCurrent(payload: unknown): payload is Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return false
  const { exp, nbf, iat } = payload as Record<string, unknown>
  if (!isTime(exp) || !isTime(nbf) || !isTime(iat)) return false
  const now = Math.floor(Date.now() / 1000)
  return !(typeof exp === 'number' && exp <= now - clockTolerance) && !(typeof nbf === 'number' && nbf > now + clockTolerance)
}

function isTime(claim: unknown): boolean {
  return claim === undefined || typeof claim === 'number'
}
