import Passkey from '@auth/core/providers/passkey'
import { describe, expect, it, vi } from 'vitest'
import { guardWebAuthn } from '../../../../src/runtime/server/providers/webauthn'

const info = vi.fn(async (_: unknown, { query }: { query?: { email?: string } }) => ({ user: { email: query?.email }, exists: query?.email === 'ada@app.example' }))

function create(needsProof: boolean, verified = true) {
  const verify = async () => ({ verified })
  const simpleWebAuthn = { generateAuthenticationOptions: 'own', verifyAuthenticationResponse: verify, verifyRegistrationResponse: verify }
  return guardWebAuthn(Passkey({ getUserInfo: info as never, simpleWebAuthn: simpleWebAuthn as never }), needsProof)
}

const unsigned = { response: { response: { clientDataJSON: '', authenticatorData: '', signature: '' } }, authenticator: { credentialPublicKey: new Uint8Array() } }
const meet = (expectedChallenge: string, provider = create(false)) => provider.simpleWebAuthn.verifyAuthenticationResponse({ expectedChallenge, ...unsigned } as never)
const ask = (provider: ReturnType<typeof create>, email: unknown) => provider.getUserInfo({} as never, { method: 'GET', query: { email } } as never)

describe('a provider of passkeys', () => {
  it('never meets a challenge twice, in whichever step', async () => {
    await meet('one')
    await expect(meet('one')).rejects.toThrow('before')
    await expect(create(false).simpleWebAuthn.verifyRegistrationResponse({ expectedChallenge: 'one' } as never)).rejects.toThrow('before')
    await expect(meet('two')).resolves.toEqual({ verified: true })
  })

  it('keeps a challenge that was not met for the next try', async () => {
    await meet('three', create(false, false))
    await expect(meet('three')).resolves.toEqual({ verified: true })
  })

  it('forgets a challenge only when its cookie is over', async () => {
    vi.useFakeTimers()
    await meet('old')
    vi.advanceTimersByTime(15 * 60 * 1000 - 1)
    await meet('new')
    await expect(meet('old')).rejects.toThrow('before')
    vi.useRealTimers()
  })

  it('looks for one spelling of an address, and for none where it is no address', async () => {
    expect(await ask(create(false), ' ADA@app.example')).toEqual({ user: { email: 'ada@app.example' }, exists: true })
    info.mockClear()
    for (const email of [undefined, '', 'a@x,b@y', ['ada@app.example'], 'ada\uFF20app.example']) expect(await ask(create(false), email)).toBeNull()
    expect(info).not.toHaveBeenCalled()
  })

  it('never takes an address on somebody\'s word where it can be proven', async () => {
    expect(await ask(create(false), 'new@app.example')).toMatchObject({ exists: false })
    expect(await ask(create(true), 'new@app.example')).toBeNull()
    expect(await ask(create(true), 'ada@app.example')).toMatchObject({ exists: true })
  })

  it('leaves everything else as it was', () => {
    expect(create(false)).toMatchObject({ id: 'passkey', type: 'webauthn', simpleWebAuthn: { generateAuthenticationOptions: 'own' } })
  })
})
