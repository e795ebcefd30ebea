import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'

/** A token made with the right key and a valid MAC, whose other parts may break every rule. */
export interface Recipe {
  secret: string
  salt: string
  /** The first part of the token as text: base64url or any replacement. */
  header: string
  plaintext: Buffer
  iv: Buffer
  enc?: 'A256CBC-HS512' | 'A256GCM'
  /** Second part of the token, normally empty. */
  key?: string
  /** True if the plaintext consists of whole blocks and contains its own padding. */
  isPadded?: boolean
  /** Replaces the cipher's output. */
  ciphertext?: Buffer
  /** Length that the tag is truncated to, in bytes. */
  tagLength?: number
}

const keys = new Map<string, Buffer>()

/** The key that Auth.js derives, with the length that the encryption needs. */
export function toKey(secret: string, salt: string, enc: Recipe['enc'] = 'A256CBC-HS512'): Buffer {
  const id = JSON.stringify([secret, salt, enc])
  const key = keys.get(id) ?? Buffer.from(hkdfSync('sha256', secret, salt, `Auth.js Generated Encryption Key (${salt})`, enc === 'A256GCM' ? 32 : 64))
  keys.set(id, key)
  return key
}

/** The key id for a header: the key's JWK thumbprint. */
export function toKid(secret: string, salt: string, enc: Recipe['enc'] = 'A256CBC-HS512'): string {
  const k = toKey(secret, salt, enc).toString('base64url')
  return createHash(enc === 'A256GCM' ? 'sha256' : 'sha512').update(`{"k":"${k}","kty":"oct"}`).digest('base64url')
}

export function seal({ header, iv, key = '', tagLength, ...recipe }: Recipe): string {
  const { ciphertext, tag } = recipe.enc === 'A256GCM' ? encryptGcm(header, iv, recipe) : encryptCbc(header, iv, recipe)
  return [header, key, ...[iv, ciphertext, tag.subarray(0, tagLength)].map(part => part.toString('base64url'))].join('.')
}

type Contents = Omit<Recipe, 'header' | 'iv'>

function encryptCbc(header: string, iv: Buffer, { secret, salt, plaintext, isPadded = false, ciphertext }: Contents) {
  const key = toKey(secret, salt)
  ciphertext ??= encryptBlocks(key.subarray(32), iv, plaintext, isPadded)
  const bits = Buffer.alloc(8)
  bits.writeUInt32BE(header.length * 8, 4)
  const mac = createHmac('sha512', key.subarray(0, 32)).update(header, 'latin1').update(iv).update(ciphertext).update(bits).digest()
  return { ciphertext, tag: mac.subarray(0, 32) }
}

// The MAC covers an IV of any length, but the cipher only accepts 16 bytes.
function encryptBlocks(key: Buffer, iv: Buffer, plaintext: Buffer, isPadded: boolean): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv.length === 16 ? iv : Buffer.alloc(16)).setAutoPadding(!isPadded)
  return Buffer.concat([cipher.update(plaintext), cipher.final()])
}

function encryptGcm(header: string, iv: Buffer, { secret, salt, plaintext, ciphertext }: Contents) {
  const cipher = createCipheriv('aes-256-gcm', toKey(secret, salt, 'A256GCM'), iv).setAAD(Buffer.from(header, 'latin1'))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { ciphertext: ciphertext ?? sealed, tag: cipher.getAuthTag() }
}
