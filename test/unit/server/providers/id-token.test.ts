import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import type { CryptoKey, JWTHeaderParameters } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requireSignature } from '../../../../src/runtime/server/providers/id-token'
import type { Metadata } from '../../../../src/runtime/server/providers/id-token'

const [first, second, ec] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256', { extractable: true }), generateKeyPair('ES256', { extractable: true })])
const toKey = async (pair: { publicKey: CryptoKey }, kid?: string) => ({ ...await exportJWK(pair.publicKey), ...(kid && { kid }), use: 'sig' })
const sign = (key: CryptoKey | Uint8Array, header: JWTHeaderParameters) => new SignJWT({ sub: '1' }).setProtectedHeader(header).sign(key)

let uri = 0
let keys: object[]
let call: ReturnType<typeof vi.fn<typeof fetch>>
let metadata: Metadata

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  keys = [await toKey(first, 'one'), await toKey(ec, 'ec')]
  call = vi.fn(async () => Response.json({ keys }))
  metadata = { jwks_uri: `https://id.example/keys/${uri++}`, id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256', 'none'] }
})
afterEach(() => vi.useRealTimers())

const check = (token: string, signing = {}, about = metadata) => requireSignature(token, about, signing, call)
const refused = { flowError: 'OAuthCallbackError' }

describe('requireSignature', () => {
  it('takes what a key of the provider has signed, and asks for the keys once', async () => {
    await check(await sign(first.privateKey, { alg: 'RS256', kid: 'one' }))
    await check(await sign(ec.privateKey, { alg: 'ES256', kid: 'ec' }))
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('OIDC-05 never takes a foreign signature, none, or one that a public key made', async () => {
    const pem = new TextEncoder().encode(await exportSPKI(first.publicKey))
    const jwk = new TextEncoder().encode(JSON.stringify(keys[0]))
    const valid = await sign(first.privateKey, { alg: 'RS256', kid: 'one' })
    const forged = [
      await sign(second.privateKey, { alg: 'RS256', kid: 'one' }),
      new UnsecuredJWT({ sub: '1' }).encode(),
      await sign(pem, { alg: 'HS256', kid: 'one' }),
      await sign(jwk, { alg: 'HS256', kid: 'one' }),
      await sign(second.privateKey, { alg: 'RS256', kid: 'one', jwk: await toKey(second) }),
      `${valid.slice(0, -4)}AAAA`, valid.replace(/\.[^.]+\./, '.eyJzdWIiOiIyIn0.'), valid.replace(/\.[^.]*$/, '.'), 'x', '', 'a.b.c.d.e',
    ]
    for (const token of forged) await expect(check(token), token).rejects.toMatchObject(refused)
    // The secret of the client is a key only where the client asks for such signatures.
    const secret = 'a-secret-of-the-client-32-bytes-long'
    const shared = await sign(new TextEncoder().encode(secret), { alg: 'HS256' })
    await expect(check(shared, { secret })).rejects.toMatchObject(refused)
    await check(shared, { secret, alg: 'HS256' })
    await expect(check(await sign(pem, { alg: 'HS256' }), { secret, alg: 'HS256' })).rejects.toMatchObject(refused)
  })

  it('takes RS256 alone where nobody says anything, and what the client asks for where it does', async () => {
    const token = await sign(ec.privateKey, { alg: 'ES256', kid: 'ec' })
    await expect(check(token, {}, { jwks_uri: metadata.jwks_uri })).rejects.toMatchObject(refused)
    await check(token, { alg: 'ES256' }, { jwks_uri: metadata.jwks_uri })
    await expect(check(await sign(first.privateKey, { alg: 'RS256', kid: 'one' }), { alg: 'ES256' })).rejects.toMatchObject(refused)
  })

  it('asks again for a key it does not know, twice a minute at most', async () => {
    await check(await sign(first.privateKey, { alg: 'RS256', kid: 'one' }))
    keys.push(await toKey(second, 'two'))
    const token = await sign(second.privateKey, { alg: 'RS256', kid: 'two' })
    await expect(check(token)).rejects.toMatchObject(refused)
    expect(call).toHaveBeenCalledTimes(1)
    vi.setSystemTime(Date.now() + 30_001)
    await check(token)
    expect(call).toHaveBeenCalledTimes(2)
    vi.setSystemTime(Date.now() + 10 * 60_001)
    await check(token)
    expect(call).toHaveBeenCalledTimes(3)
  })

  it('tries every key that fits where a token names none', async () => {
    keys = [await toKey(second), await toKey(first)]
    await check(await sign(first.privateKey, { alg: 'RS256' }))
    await expect(check(await sign((await generateKeyPair('RS256')).privateKey, { alg: 'RS256' }))).rejects.toMatchObject(refused)
  })

  it('tells missing keys apart from wrong ones', async () => {
    const token = await sign(first.privateKey, { alg: 'RS256', kid: 'one' })
    await expect(check(token, {}, { id_token_signing_alg_values_supported: ['RS256'] })).rejects.toMatchObject({ flowError: 'Configuration' })
    call.mockResolvedValueOnce(Response.json({ keys: 'none' }))
    await expect(check(token)).rejects.toMatchObject({ flowError: 'Unavailable' })
    await check(token)
  })
})
