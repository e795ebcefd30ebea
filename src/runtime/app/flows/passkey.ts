import type { AuthResult } from '../../shared/types'
import type { AuthClient } from './client'

/**
 * A WebAuthn challenge in its JSON form.
 * https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON
 */
export type PasskeyChallenge = { provider: string } & (
  | { action: 'register', options: PublicKeyCredentialCreationOptionsJSON }
  | { action: 'authenticate', options: PublicKeyCredentialRequestOptionsJSON }
)

/** The server's response to a sign-in, with a challenge if the provider is a passkey provider. */
export interface PasskeyOffer extends AuthResult { webauthn?: PasskeyChallenge }

/** Results by the name of the browser's exception: https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion */
const refusals: Record<string, [error: string, status: number]> = {
  NotAllowedError: ['WebAuthnCancelled', 401],
  AbortError: ['WebAuthnCancelled', 401],
  InvalidStateError: ['WebAuthnRegistered', 409],
}

/** Asks the browser for a passkey and sends its proof to the server. A dismissed prompt is a result, never an error. */
export async function provePasskey({ send }: AuthClient, challenge: PasskeyChallenge): Promise<AuthResult> {
  try {
    if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) return fail('WebAuthnUnsupported', 501, null)
    // JSON.stringify calls the credential's `toJSON`, whose format the server reads.
    const data = JSON.stringify(await ask(challenge))
    // The callback URL is not sent: the server has it in a cookie, next to the challenge.
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
