import type { Cipheriv, Decipheriv } from 'node:crypto'

// Not an import: hosts without node:crypto must be able to load this file, as in node-token.ts.
const crypto = globalThis.process?.getBuiltinModule?.('node:crypto')

/** AES-256-CBC under one key, for as many texts as there are. */
export interface Cbc {
  /** Text → IV and ciphertext. A new IV each time. */
  seal: (text: string) => Buffer
  /** IV and ciphertext → what was sealed. Throws on what was not padded as PKCS #7 says. */
  open: (sealed: Uint8Array) => Uint8Array
}

/** Bytes of a block of AES, and so of an IV. */
export const blockSize = 16

/**
 * One cipher for all texts, and one decipher: node:crypto's are streams with a native object, and to make one costs more than what it does.
 * - A block is decrypted with the one before it and no other. What was opened last spoils the block in the IV's place, which nobody needs.
 * - Where a text is sealed, a nonce is in that place, and the IV is what comes out: the cipher of a nonce, as NIST SP 800-38A has it (appendix C).
 * Undefined on a host without node:crypto, and on one whose ciphers keep back what they were given.
 */
export function toCbc(key: Uint8Array): Cbc | undefined {
  if (!crypto) return undefined
  const first = new Uint8Array(blockSize)
  const cipher = crypto.createCipheriv('aes-256-cbc', key, first).setAutoPadding(false)
  const decipher = crypto.createDecipheriv('aes-256-cbc', key, first).setAutoPadding(false)
  const seal = (text: string) => cipher.update(pad(text))
  const open = (sealed: Uint8Array) => {
    // Half a block would stay behind, and be the next one's.
    if (sealed.length % blockSize !== 0) throw new Error('not in blocks')
    return unpad(decipher.update(sealed))
  }
  return [1, 2].every(byte => isDirect(cipher, decipher, Buffer.alloc(2 * blockSize, byte))) ? { seal, open } : undefined
}

/** Whether two blocks are there at once in both directions, and the second of them is the same again. Cheaper than a text, at the first token of a start. */
function isDirect(cipher: Cipheriv, decipher: Decipheriv, blocks: Buffer): boolean {
  try {
    const again = decipher.update(cipher.update(blocks))
    return again.length === blocks.length && again.subarray(blockSize).equals(blocks.subarray(blockSize))
  }
  catch {
    return false
  }
}

/** A nonce, the text, and PKCS #7's padding: https://www.rfc-editor.org/rfc/rfc5652#section-6.3 */
function pad(text: string): Buffer {
  const length = blockSize + Buffer.byteLength(text)
  const padding = blockSize - length % blockSize
  const blocks = Buffer.allocUnsafe(length + padding).fill(padding, length)
  // 122 random bits, never the same twice.
  blocks.write(crypto!.randomUUID().replaceAll('-', ''), 'hex')
  blocks.write(text, blockSize)
  return blocks
}

function unpad(blocks: Uint8Array): Uint8Array {
  const padding = blocks.at(-1) ?? 0
  const end = blocks.length - padding
  if (padding < 1 || padding > blockSize || end < blockSize) throw new Error('not padded')
  for (let index = end; index < blocks.length; index++) if (blocks[index] !== padding) throw new Error('not padded')
  return blocks.subarray(blockSize, end)
}
