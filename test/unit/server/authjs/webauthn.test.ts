import { encode } from '@auth/core/jwt'
import Passkey from '@auth/core/providers/passkey'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../../src/runtime/server/http/answer'
import { resolveCookies } from '../../../../src/runtime/server/config/cookies'
import { runWebAuthn } from '../../../../src/runtime/server/authjs/webauthn'
import { toEvent } from '../../event'

const secret = 'a-secret-of-thirty-two-bytes-or-more'
const credential = JSON.stringify({ id: 'x', response: {} })

async function run(name: string, fields: object | undefined, cookie = ''): Promise<Answer> {
  const config = { basePath: '/api/auth', origin: 'https://app.example', secret: [secret], cookies: resolveCookies(undefined, false), providers: [Passkey({})] }
  return await runWebAuthn({ event: toEvent({ cookie }), config, fields, action: { name, provider: 'passkey' }, parts: { method: fields ? 'POST' : 'GET', path: '/', headers: new Headers({ 'x-auth-return-redirect': '1' }) } } as never)
}

/** A challenge as Auth.js seals it: twice. */
async function seal(token: object, salt = 'encodedWebauthnChallenge'): Promise<string> {
  const value = await encode({ token, secret, salt })
  return `authjs.challenge=${await encode({ token: { value, provider: 'passkey' }, secret, salt: 'authjs.challenge' })}`
}

describe('a passkey is refused before Auth.js sees it', () => {
  it.each([{ action: 'remove' }, { action: 1 }, { action: null }, { action: 'constructor' }, { email: 1 }, { email: 'a@x,b@y' }])('when it asks for %j', async (fields) => {
    expect((await run('signin', fields)).status).toBe(400)
  })

  it.each([undefined, '', '{', 'null', '1', '[]', '{}', '{"id":1,"response":{}}', '{"id":"x"}', '{"id":"x","response":1}', '{"id":"x","response":{"transports":"usb"}}', '{"id":"x","response":{"transports":[1]}}', { id: 'x', response: {} }])('when its proof is %j', async (data) => {
    expect((await run('callback', { action: 'authenticate', data }, await seal({ challenge: 'x' }))).body).toMatchObject({ ok: false, status: 400, error: 'WebAuthnVerificationError', code: 'malformed' })
  })

  it('when its challenge is missing, of another kind, or sealed for something else', async () => {
    const tries: [string, string][] = [
      ['authenticate', ''],
      ['authenticate', 'authjs.challenge=x'],
      ['authenticate', await seal({ challenge: 'x' }, 'authjs.session-token')],
      ['authenticate', await seal({ challenge: 'x', registerData: { email: 'ada@app.example' } })],
      ['register', await seal({ challenge: 'x' })],
    ]
    for (const [action, cookie] of tries)
      expect((await run('callback', { action, data: credential }, cookie)).body).toMatchObject({ ok: false, status: 400, code: 'challenge' })
  })

  it('when it is proven with GET', async () => {
    const { status, headers } = await run('callback', undefined)
    expect([status, headers.allow]).toEqual([405, 'POST'])
  })
})
