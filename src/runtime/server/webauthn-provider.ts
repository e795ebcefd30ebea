import type { WebAuthnConfig } from '@auth/core/providers/webauthn'
import { normalizeEmail } from './email'
import { isSignedWithEs256 } from './es256'

type Toolkit = WebAuthnConfig['simpleWebAuthn']
type UserInfo = WebAuthnConfig['getUserInfo']

/** How long Auth.js's challenge cookie lives, in milliseconds. */
const lifetime = 15 * 60 * 1000
/** Challenges kept at most. Only a proof that is right adds one, so that strangers can't push others out. */
const maxUsed = 10_000
/** Challenges that were met, with the time at which their cookie is over. */
const used = new Map<string, number>()

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
      return once(options, { ...result, verified: result.verified || await isSignedWithEs256(options.response.response, options.authenticator.credentialPublicKey) })
    },
    verifyRegistrationResponse: async options => once(options, await verifyRegistrationResponse(options)),
  }
}

/** Auth.js keeps the challenge in a cookie only, which can be sent again. Auth.js takes the throw for a failed verification. */
function once<Result extends { verified: boolean }>({ expectedChallenge }: { expectedChallenge: unknown }, result: Result): Result {
  const now = Date.now()
  for (const [challenge, end] of used) {
    if (end > now && used.size < maxUsed) break
    used.delete(challenge)
  }
  if (used.has(String(expectedChallenge))) throw new Error('This challenge was met before')
  if (result.verified) used.set(String(expectedChallenge), now + lifetime)
  return result
}
