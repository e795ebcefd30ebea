import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'

/** A token as somebody with the key could make it, who keeps to no rule but the one that the MAC is right. */
export interface Recipe {
  secret: string
  salt: string
  /** As it stands in the token: base64url, or whatever takes its place. */
  header: string
  plaintext: Buffer
  iv: Buffer
  enc?: 'A256CBC-HS512' | 'A256GCM'
  /** Second part of the token. */
  key?: string
  /** The plaintext is whole blocks already, with a padding of its own. */
  isPadded?: boolean
  /** Instead of what the cipher makes. */
  ciphertext?: Buffer
  /** Bytes of the tag that are left. */
  tagLength?: number
}

const keys = new Map<string, Buffer>()

/** The key that Auth.js derives, by the length that the encryption wants. */
export function toKey(secret: string, salt: string, enc: Recipe['enc'] = 'A256CBC-HS512'): Buffer {
  const id = JSON.stringify([secret, salt, enc])
  const key = keys.get(id) ?? Buffer.from(hkdfSync('sha256', secret, salt, `Auth.js Generated Encryption Key (${salt})`, enc === 'A256GCM' ? 32 : 64))
  keys.set(id, key)
  return key
}

/** The key's name in a header. */
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

// An IV of another length is in the MAC as it is; no cipher takes it.
function encryptBlocks(key: Buffer, iv: Buffer, plaintext: Buffer, isPadded: boolean): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv.length === 16 ? iv : Buffer.alloc(16)).setAutoPadding(!isPadded)
  return Buffer.concat([cipher.update(plaintext), cipher.final()])
}

function encryptGcm(header: string, iv: Buffer, { secret, salt, plaintext, ciphertext }: Contents) {
  const cipher = createCipheriv('aes-256-gcm', toKey(secret, salt, 'A256GCM'), iv).setAAD(Buffer.from(header, 'latin1'))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { ciphertext: ciphertext ?? sealed, tag: cipher.getAuthTag() }
}
