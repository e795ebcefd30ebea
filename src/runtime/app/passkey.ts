import type { AuthResult } from '../shared/types'
import type { AuthClient } from './client'

/** A challenge in WebAuthn's JSON form, as the browser takes it. https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON */
export type PasskeyChallenge = { provider: string } & (
  { action: 'register', options: PublicKeyCredentialCreationOptionsJSON } | { action: 'authenticate', options: PublicKeyCredentialRequestOptionsJSON }
)

/** What the server answers a sign-in with: for a passkey, a challenge. */
export interface PasskeyOffer extends AuthResult { webauthn?: PasskeyChallenge }

/** By the name of the browser's exception: https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion */
const refusals: Record<string, [error: string, status: number]> = {
  NotAllowedError: ['WebAuthnCancelled', 401],
  AbortError: ['WebAuthnCancelled', 401],
  InvalidStateError: ['WebAuthnRegistered', 409],
}

/** Asks the browser for a passkey and sends what it proves. A prompt that is closed is a result, not an exception. */
export async function provePasskey({ send }: AuthClient, challenge: PasskeyChallenge): Promise<AuthResult> {
  try {
    if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) return fail('WebAuthnUnsupported', 501, null)
    // A credential has `toJSON`, in the form that the server reads.
    const data = JSON.stringify(await ask(challenge))
    // Where to go next is in a cookie, beside the challenge.
    return await send(`/callback/${challenge.provider}`, { action: challenge.action, data })
  }
  catch (cause) {
    const { name } = cause as Error
    const [error, status] = refusals[name] ?? ['WebAuthnFailed', 400]
    return fail(error, status, name)
  }
}

function ask({ action, options }: PasskeyChallenge): Promise<Credential | null> {
  return action === 'register'
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}

function fail(error: string, status: number, code: string | null): AuthResult {
  return { ok: false, status, url: null, error, code }
}
