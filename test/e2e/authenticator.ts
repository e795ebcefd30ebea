import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** The options that the server sends for a passkey ceremony. */
export interface Offer { action: string, options: { challenge: string, rp?: { id: string }, rpId?: string, allowCredentials?: { id: string }[], excludeCredentials?: { id: string }[] } }

/** Falsified values of a response. */
export interface Lies { origin?: string, challenge?: string, counter?: number, rpId?: string, id?: Buffer, flags?: number, type?: string }

const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest()
/** The flags for user present and user verified. https://www.w3.org/TR/webauthn-3/#authdata-flags */
const verified = 0b101

/**
 * A software passkey, which can send falsified responses. Attestation `none`, ES256.
 * A `counter` of `undefined` stands for a synced passkey, whose counter is always 0.
 */
export class Authenticator {
  readonly id = randomBytes(32)
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  constructor(private readonly origin: string, private counter: number | undefined = 0) {}

  /** The result of `navigator.credentials.create()`, as JSON. */
  register({ options }: Offer, lies: Lies = {}): string {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' })
    const id = lies.id ?? this.id
    // COSE_Key: EC2, ES256, P-256. https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1
    const key = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url'), Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')])
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key])
    const data = Buffer.concat([this.toData(options.rp?.id, { flags: verified | 0x40, ...lies }), credential])
    // CBOR: { fmt: 'none', attStmt: {}, authData }
    const attestation = Buffer.concat([Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'), Buffer.from([data.length]), data])
    return this.toJson(id, { clientDataJSON: this.toClientData('webauthn.create', options.challenge, lies), attestationObject: toText(attestation), transports: ['internal'] })
  }

  /** The result of `navigator.credentials.get()`, as JSON. */
  authenticate({ options }: Offer, lies: Lies = {}): string {
    if (this.counter !== undefined) this.counter++
    const data = this.toData(options.rpId, lies)
    const clientDataJSON = this.toClientData('webauthn.get', options.challenge, lies)
    const signature = sign('sha256', Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]), this.keys.privateKey)
    return this.toJson(lies.id ?? this.id, { clientDataJSON, authenticatorData: toText(data), signature: toText(signature) })
  }

  private toData(rpId = '', lies: Lies): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(lies.counter ?? this.counter ?? 0)
    return Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.from([lies.flags ?? verified]), counter])
  }

  private toClientData(type: string, challenge: string, lies: Lies): string {
    return toText(Buffer.from(JSON.stringify({ type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin: lies.origin ?? this.origin, crossOrigin: false })))
  }

  private toJson(id: Buffer, response: object): string {
    return JSON.stringify({ id: toText(id), rawId: toText(id), type: 'public-key', clientExtensionResults: {}, response })
  }
}
