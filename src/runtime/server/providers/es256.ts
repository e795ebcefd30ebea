interface Assertion { clientDataJSON: string, authenticatorData: string, signature: string }

const curve = { name: 'ECDSA', namedCurve: 'P-256' }
const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
/** A COSE_Key on P-256 in its canonical form. https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1 */
const coseKey = /^a5010203262001215820([\da-f]{64})225820([\da-f]{64})$/
/** DER: a sequence of two integers of at most 33 bytes each. https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3 */
const derSignature = /^30([\da-f]{2})02([\da-f]{2})/

/**
 * True for an assertion that the key signed with ES256, at every length of the signature: DER drops the leading zeros
 * of its two integers, which makes one signature in 150 shorter. False for every other kind of key.
 */
export async function isSignedWithEs256(assertion: Assertion, publicKey: Uint8Array): Promise<boolean> {
  const [, x, y] = coseKey.exec(toHex(publicKey)) ?? []
  const integers = toIntegers(toHex(fromBase64Url(assertion.signature)))
  if (!x || !y || !integers) return false
  const key = await crypto.subtle.importKey('raw', fromHex(`04${x}${y}`), curve, false, ['verify'])
  const clientDataHash = await crypto.subtle.digest('SHA-256', fromBase64Url(assertion.clientDataJSON))
  const signed = Buffer.concat([fromBase64Url(assertion.authenticatorData), new Uint8Array(clientDataHash)])
  return await crypto.subtle.verify(algorithm, key, fromHex(integers), signed)
}

/** Both integers at full length, as Web Cryptography takes them. Undefined if the input is not a signature. */
function toIntegers(der: string): string | undefined {
  const [head = '', length = '', firstLength = ''] = derSignature.exec(der) ?? []
  const end = head.length + Number.parseInt(firstLength, 16) * 2
  const secondHead = `02${toHex(Uint8Array.of((der.length - end - 4) / 2))}`
  const isWhole = Number.parseInt(length, 16) * 2 === der.length - 4 && der.slice(end, end + 4) === secondHead
  const integers = [der.slice(head.length, end), der.slice(end + 4)].map(toFullLength)
  return isWhole && integers.every(integer => integer.length === 64) ? integers.join('') : undefined
}

function toFullLength(integer: string): string {
  return integer.replace(/^(?:00)+/, '').padStart(64, '0')
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}
