import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import type { AuthenticationResponseJSON } from '@simplewebauthn/types'
import Passkey from '@auth/core/providers/passkey'
import { describe, expect, it } from 'vitest'
import { isSignedWithEs256 } from '../../../../src/runtime/server/providers/es256'
import { guardWebAuthn } from '../../../../src/runtime/server/providers/webauthn'
import { Authenticator } from '../../../e2e/authenticator'

const origin = 'http://localhost'
const offer = (challenge = 'AAAA') => ({ action: '', options: { challenge, rp: { id: 'localhost' }, rpId: 'localhost' } })
const expected = (expectedChallenge: string) => ({ expectedChallenge, expectedOrigin: origin, expectedRPID: 'localhost' })

async function create() {
  const authenticator = new Authenticator(origin)
  const { registrationInfo } = await verifyRegistrationResponse({ response: JSON.parse(authenticator.register(offer())), ...expected('AAAA') })
  if (!registrationInfo) throw new Error('It is not registered')
  const sign = (challenge: string) => JSON.parse(authenticator.authenticate(offer(challenge))) as AuthenticationResponseJSON
  return { registrationInfo, sign }
}

describe('a signature with ES256', () => {
  it('is right at every length, where its numbers begin with zeros, too', async () => {
    const { registrationInfo: { credentialPublicKey }, sign } = await create()
    // Most have 70 to 72 bytes. One in some 500 is shorter: until there was one of each.
    const lengths = new Set<number>()
    while (![72, 71, 70].every(length => lengths.has(length)) || Math.min(...lengths) > 69) {
      const { response } = sign('AAAA')
      lengths.add(Buffer.from(response.signature, 'base64url').length)
      expect(await isSignedWithEs256(response, credentialPublicKey)).toBe(true)
    }
  })

  it('signs in with each of them', async () => {
    const { registrationInfo: { credentialID, credentialPublicKey }, sign } = await create()
    const { simpleWebAuthn } = guardWebAuthn(Passkey({}), false)
    let short = 0
    for (let round = 0; short < 3; round++) {
      const challenge = Buffer.from(`round-${round}`).toString('base64url')
      const response = sign(challenge)
      const options = { response, ...expected(challenge), authenticator: { credentialID, credentialPublicKey, counter: 0 } }
      if ((await verifyAuthenticationResponse(options)).verified) continue
      short++
      expect(await simpleWebAuthn.verifyAuthenticationResponse(options)).toMatchObject({ verified: true })
    }
  })

  it('never is right with anything changed, cut or added', async () => {
    const { registrationInfo: { credentialPublicKey }, sign } = await create()
    const { response } = sign('AAAA')
    const change = (text: string, at: number, bits = 1) => {
      const bytes = Buffer.from(text, 'base64url')
      bytes[at < 0 ? bytes.length + at : at]! ^= bits
      return bytes.toString('base64url')
    }
    const { signature, authenticatorData, clientDataJSON } = response
    const bytes = Buffer.from(signature, 'base64url')
    const tries = [
      { ...response, authenticatorData: change(authenticatorData, -1) },
      { ...response, clientDataJSON: change(clientDataJSON, 10) },
      ...Array.from(bytes, (_, at) => ({ ...response, signature: change(signature, at) })),
      ...[bytes.subarray(1), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.alloc(1)]), Buffer.alloc(0), Buffer.alloc(70), Buffer.from('3006020100020100', 'hex'), Buffer.from('30', 'hex')].map(other => ({ ...response, signature: other.toString('base64url') })),
    ]
    for (const each of tries) expect(await isSignedWithEs256(each, credentialPublicKey), each.signature).toBe(false)
    expect(await isSignedWithEs256(response, (await create()).registrationInfo.credentialPublicKey)).toBe(false)
    expect(await isSignedWithEs256(response, Buffer.concat([credentialPublicKey, Buffer.alloc(1)]))).toBe(false)
    expect(await isSignedWithEs256(response, new Uint8Array())).toBe(false)
  })
})
