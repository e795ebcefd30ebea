import { afterEach, describe, expect, it, vi } from 'vitest'
import { provePasskey } from '../../../../src/runtime/app/flows/passkey'

const challenge = { provider: 'passkey', action: 'authenticate', options: { challenge: 'abc' } } as const
const signedIn = { ok: true, status: 200, url: '/', error: null, code: null }
const send = vi.fn(async () => signedIn)
const client = { send } as never

function stub(get: () => Promise<unknown>): void {
  vi.stubGlobal('PublicKeyCredential', { parseCreationOptionsFromJSON: (options: object) => ({ ...options, is: 'creation' }), parseRequestOptionsFromJSON: (options: object) => ({ ...options, is: 'request' }) })
  vi.stubGlobal('navigator', { credentials: { get, create: get } })
}

afterEach(() => {
  vi.unstubAllGlobals()
  send.mockClear()
})

describe('a passkey in the browser', () => {
  it('sends the credential in the browser\'s JSON format', async () => {
    const get = vi.fn(async () => ({ toJSON: () => ({ id: 'x' }) }))
    stub(get)
    expect(await provePasskey(client, challenge)).toBe(signedIn)
    expect(get).toHaveBeenCalledWith({ publicKey: { challenge: 'abc', is: 'request' } })
    expect(send).toHaveBeenCalledWith('/callback/passkey', { action: 'authenticate', data: '{"id":"x"}' })
  })

  it.each([
    ['NotAllowedError', 'WebAuthnCancelled', 401],
    ['AbortError', 'WebAuthnCancelled', 401],
    ['InvalidStateError', 'WebAuthnRegistered', 409],
    ['SecurityError', 'WebAuthnFailed', 400],
  ])('%s is the result %s, not an exception', async (name, error, status) => {
    stub(() => Promise.reject(Object.assign(new Error('why'), { name })))
    expect(await provePasskey(client, challenge)).toEqual({ ok: false, status, url: null, error, code: name })
    expect(send).not.toHaveBeenCalled()
  })

  it('returns WebAuthnUnsupported in a browser without passkeys', async () => {
    expect(await provePasskey(client, challenge)).toEqual({ ok: false, status: 501, url: null, error: 'WebAuthnUnsupported', code: null })
  })
})
