interface Assertion { clientDataJSON: string, authenticatorData: string, signature: string }

const curve = { name: 'ECDSA', namedCurve: 'P-256' }
/** A COSE_Key on P-256 in its one canonical form. https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1 */
const coseKey = /^a5010203262001215820([\da-f]{64})225820([\da-f]{64})$/
/** DER: a sequence of two integers, each of 33 bytes at most. https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3 */
const derSignature = /^30([\da-f]{2})02([\da-f]{2})/

/**
 * True for an assertion that the key has signed with ES256. A number of a signature may begin with zeros, which DER leaves out:
 * one signature in 150 is shorter than the others, and as right. False for every other kind of key.
 */
export async function isSignedWithEs256({ clientDataJSON, authenticatorData, signature }: Assertion, publicKey: Uint8Array): Promise<boolean> {
  const [, x, y] = coseKey.exec(toHex(publicKey)) ?? []
  const numbers = toNumbers(toHex(fromText(signature)))
  if (!x || !y || !numbers) return false
  const key = await crypto.subtle.importKey('raw', fromHex(`04${x}${y}`), curve, false, ['verify'])
  const clientDataHash = new Uint8Array(await crypto.subtle.digest('SHA-256', fromText(clientDataJSON)))
  return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, fromHex(numbers), Buffer.concat([fromText(authenticatorData), clientDataHash]))
}

/** Both numbers at full length, as Web Cryptography takes them; undefined for what is no signature. */
function toNumbers(der: string): string | undefined {
  const [head = '', length = '', first = ''] = derSignature.exec(der) ?? []
  const end = head.length + Number.parseInt(first, 16) * 2
  const second = der.slice(end, end + 4)
  const integers = [der.slice(head.length, end), der.slice(end + 4)].map(integer => integer.replace(/^(?:00)+/, '').padStart(64, '0'))
  const isWhole = Number.parseInt(length, 16) * 2 === der.length - 4 && second === `02${toHex(Uint8Array.of((der.length - end - 4) / 2))}`
  return isWhole && integers.every(integer => integer.length === 64) ? integers.join('') : undefined
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

function fromText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}
