import { expect, it } from 'vitest'
import { keepAuthorizationParams, keepSingleParams, requireAuthorizationParams } from '../../../../src/runtime/server/config/authorization-params'

const kept = (query: string, more?: string[]) => keepAuthorizationParams(new URLSearchParams(query), more).toString()

it('passes hints on, and nothing that it does not know', () => {
  expect(kept('login_hint=a&prompt=none&scope=repo&x=1&callbackUrl=%2F')).toBe('login_hint=a&prompt=none&callbackUrl=%2F')
  expect(kept('scope=repo&audience=api&x=1', ['scope', 'audience'])).toBe('scope=repo&audience=api')
})

it('OIDC-12 never passes on what binds an answer or says where codes go, whoever names it', () => {
  const forbidden = ['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'request', 'request_uri', '__proto__']
  for (const name of forbidden) {
    expect(kept(`${name}=evil&hd=x`, forbidden)).toBe('hd=x')
    expect(() => requireAuthorizationParams(['scope', name], 'server/auth.ts')).toThrow(`AUTH_D012: server/auth.ts: \`authorizationParams\` names \`${name}\``)
  }
})

it('takes a list of names or nothing', () => {
  requireAuthorizationParams(undefined, 'f')
  requireAuthorizationParams(['scope'], 'f')
  for (const wrong of ['scope', true, null, {}, [7], [null]]) expect(() => requireAuthorizationParams(wrong, 'f'), JSON.stringify(wrong)).toThrow('AUTH_D012')
})

it('OIDC-03 counts a parameter that comes twice as none', () => {
  expect(keepSingleParams(new URLSearchParams('state=a&code=x&state=a')).toString()).toBe('code=x')
})
