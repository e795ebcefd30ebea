import type { KeyObject } from 'node:crypto'
import { recall, remember } from './opened'

// Not an import: hosts without node:crypto must be able to load this file. They have no `getBuiltinModule`, or get undefined.
const crypto = globalThis.process?.getBuiltinModule?.('node:crypto')

/** Whether this host opens and seals tokens with node:crypto, in one synchronous call. */
export const hasNodeCrypto = crypto !== undefined

/** One secret's key for one cookie. `header` is the encoded JWE header of every token that it seals. */
export interface Key { bytes: Uint8Array, kid: string, header: string, node: NodeKeys | undefined }

/** The two halves of a key, as node:crypto keeps them, and what every MAC begins and ends with: made once, because making them costs more than using them. */
export interface NodeKeys { mac: KeyObject, cipher: KeyObject, first: Buffer, last: Buffer }

/** A key's halves (RFC 7518 §5.2.2.1); undefined on a host without node:crypto. */
export function toNodeKeys(bytes: Uint8Array, header: string): NodeKeys | undefined {
  if (!crypto) return undefined
  const last = Buffer.alloc(8)
  last.writeUInt32BE(header.length * 8, 4)
  return { mac: crypto.createSecretKey(bytes.subarray(0, 32)), cipher: crypto.createSecretKey(bytes.subarray(32)), first: Buffer.from(header), last }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Seconds by which clocks may differ, as in Auth.js. */
export const clockTolerance = 15

/**
 * Opens a token that this key sealed with A256CBC-HS512 (RFC 7518 §5.2). Accepts only what it fully recognises:
 * undefined for everything else, about which jose has the last word, so that no answer tells which check failed.
 */
export function openToken(token: string, { header, node }: Key): Record<string, unknown> | undefined {
  if (!crypto || !node || !token.startsWith(`${header}..`)) return undefined
  const [iv, ciphertext, tag, ...rest] = token.slice(header.length + 2).split('.').map(toCanonicalBytes)
  if (!iv || !ciphertext || !tag || rest.length > 0 || iv.length !== 16 || tag.length !== 32) return undefined
  if (!crypto.timingSafeEqual(tag, toTag({ iv, ciphertext }, node))) return undefined
  try {
    const payload: unknown = JSON.parse(decipher({ iv, ciphertext, tag }, node))
    return isCurrent(payload) ? payload : undefined
  }
  catch {
    return undefined
  }
}

/** The text of a token whose MAC is right. Throws on what is none. */
function decipher({ iv, ciphertext, tag }: { iv: Buffer, ciphertext: Buffer, tag: Buffer }, { cipher }: NodeKeys): string {
  // Its bytes, not a part of the cookie: that would keep the whole header in memory.
  const id = tag.toString('latin1')
  const known = recall(id)
  if (known !== undefined) return known
  const decipher = crypto!.createDecipheriv('aes-256-cbc', cipher, iv)
  const text = utf8.decode(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
  remember(id, text)
  return text
}

/** Seals a payload as Auth.js does; undefined on a host without node:crypto. */
export function sealToken(payload: object, { header, node }: Key): string | undefined {
  if (!crypto || !node) return undefined
  const iv = crypto.randomBytes(16)
  const cipher = crypto.createCipheriv('aes-256-cbc', node.cipher, iv)
  const text = JSON.stringify(payload)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const tag = toTag({ iv, ciphertext }, node)
  // It comes back with the next request.
  remember(tag.toString('latin1'), text)
  return `${header}..${iv.toString('base64url')}.${ciphertext.toString('base64url')}.${tag.toString('base64url')}`
}

// HMAC over header, IV, ciphertext and the header's length in bits; the first half of it. RFC 7518 §5.2.2.1
function toTag({ iv, ciphertext }: { iv: Buffer, ciphertext: Buffer }, { mac, first, last }: NodeKeys): Buffer {
  return crypto!.createHmac('sha512', mac).update(first).update(iv).update(ciphertext).update(last).digest().subarray(0, 32)
}

// Buffer reads base64url generously; only the one spelling that an encoder writes is recognised here. Quicker than to look at each character.
function toCanonicalBytes(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

function isCurrent(payload: unknown): payload is Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return false
  const { exp, nbf, iat } = payload as Record<string, unknown>
  if ([exp, nbf, iat].some(claim => claim !== undefined && typeof claim !== 'number')) return false
  const now = Math.floor(Date.now() / 1000)
  return !(typeof exp === 'number' && exp <= now - clockTolerance) && !(typeof nbf === 'number' && nbf > now + clockTolerance)
}
