import type { WebAuthnConfig } from '@auth/core/providers/webauthn'
import { normalizeEmail } from '../authjs/email'
import { isSignedWithEs256 } from './es256'
import { getStore } from '../store/store'

type Toolkit = WebAuthnConfig['simpleWebAuthn']
type UserInfo = WebAuthnConfig['getUserInfo']

/** How long Auth.js's challenge cookie lives, in seconds. */
const lifetime = 15 * 60

/**
 * A WebAuthn provider that takes each challenge once, and addresses in one spelling.
 * `needsProof`: a stranger can't register an address that he has not proven.
 */
export function guardWebAuthn(provider: WebAuthnConfig, needsProof: boolean): WebAuthnConfig {
  const { simpleWebAuthn } = provider
  const getUserInfo: UserInfo = async (options, request) => {
    const email = normalizeEmail(request.method === 'POST' ? request.body?.email : request.query?.email)
    if (email === undefined) return null
    const info = await provider.getUserInfo(options, { ...request, query: { ...request.query, email }, body: request.body && { ...request.body, email } })
    return needsProof && !info?.exists ? null : info
  }
  return { ...provider, getUserInfo, simpleWebAuthn: { ...simpleWebAuthn, ...guardToolkit(simpleWebAuthn) } }
}

function guardToolkit({ verifyAuthenticationResponse, verifyRegistrationResponse }: Toolkit): Partial<Toolkit> {
  return {
    verifyAuthenticationResponse: async (options) => {
      const result = await verifyAuthenticationResponse(options)
      // Every other check throws: what is left is the signature, of which the short ones are misread.
      return await once(options, { ...result, verified: result.verified || await isSignedWithEs256(options.response.response, options.authenticator.credentialPublicKey) })
    },
    verifyRegistrationResponse: async options => await once(options, await verifyRegistrationResponse(options)),
  }
}

/** Auth.js keeps the challenge in a cookie only, which can be sent again. Auth.js takes the throw for a failed verification. */
async function once<Result extends { verified: boolean }>({ expectedChallenge }: { expectedChallenge: unknown }, result: Result): Promise<Result> {
  // Only a proof that is right is remembered, so that strangers can't fill the store; each as its own: a store that fails takes back no other.
  if (result.verified && !await getStore().setIfAbsent(`challenge:${String(expectedChallenge)}`, crypto.randomUUID(), { ttl: lifetime })) throw new Error('This challenge was met before')
  return result
}
