import type { WebAuthnConfig } from '@auth/core/providers/webauthn'
import { getStore } from '../store/store'
import { normalizeEmail } from './email'
import { isSignedWithEs256 } from './es256'

type Toolkit = WebAuthnConfig['simpleWebAuthn']
type UserInfo = WebAuthnConfig['getUserInfo']

/** Lifetime of Auth.js's challenge cookie, in seconds. */
const challengeLifetime = 15 * 60

/**
 * A WebAuthn provider that accepts each challenge once, and email addresses in one spelling.
 * `needsProof`: an anonymous user can't register an address, because the app verifies addresses by email.
 */
export function guardWebAuthn(provider: WebAuthnConfig, needsProof: boolean): WebAuthnConfig {
  const { simpleWebAuthn } = provider
  const getUserInfo: UserInfo = async (options, { method, query, body }) => {
    const email = normalizeEmail(method === 'POST' ? body?.email : query?.email)
    if (email === undefined) return null
    const normalized = { method, query: { ...query, email }, body: body && { ...body, email } }
    const info = await provider.getUserInfo(options, normalized as Parameters<UserInfo>[1])
    return needsProof && !info?.exists ? null : info
  }
  return { ...provider, getUserInfo, simpleWebAuthn: { ...simpleWebAuthn, ...guardToolkit(simpleWebAuthn) } }
}

function guardToolkit({ verifyAuthenticationResponse, verifyRegistrationResponse }: Toolkit): Partial<Toolkit> {
  return {
    verifyAuthenticationResponse: async (options) => {
      const result = await verifyAuthenticationResponse(options)
      // All other checks throw. `verified` is the signature alone, and the toolkit misreads short ones.
      const { response: { response }, authenticator } = options
      const verified = result.verified || await isSignedWithEs256(response, authenticator.credentialPublicKey)
      return await requireFirstUse(options, { ...result, verified })
    },
    verifyRegistrationResponse: async (options) => {
      return await requireFirstUse(options, await verifyRegistrationResponse(options))
    },
  }
}

interface Verification { verified: boolean }

/**
 * Auth.js keeps the challenge only in a cookie, which can be sent again. Throws for a challenge that was used before;
 * Auth.js takes that as a failed verification.
 */
async function requireFirstUse<Result extends Verification>(
  { expectedChallenge }: { expectedChallenge: unknown }, result: Result,
): Promise<Result> {
  // Failed verifications are not stored, so that anonymous users can't fill the store.
  if (!result.verified) return result
  const key = `challenge:${String(expectedChallenge)}`
  // A value of its own: after a failed write, the store takes back only this one.
  const isFirst = await getStore().setIfAbsent(key, crypto.randomUUID(), { ttl: challengeLifetime })
  if (!isFirst) throw new Error('This challenge was used before')
  return result
}
