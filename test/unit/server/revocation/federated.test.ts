import { encode } from '@auth/core/jwt'
import { expect, it, vi } from 'vitest'
import { getFederatedClaim, isFederated, resolveEndSessionUrl } from '../../../../src/runtime/server/revocation/federated'
import type { FederatedSignOut } from '../../../../src/runtime/server/token/federated-claim'
import { decodeToken } from '../../../../src/runtime/server/token/codec'
import { toEvent } from '../../event'

const claim = { provider: 'kc', idToken: 'a.b.c' }
const provider = { id: 'kc', type: 'oidc', issuer: 'https://id.example', clientId: 'app' }
const client = (metadata: object | Error) => ({ fetch, getMetadata: async () => metadata instanceof Error ? await Promise.reject<object>(metadata) : metadata })
const resolve = (metadata: object | Error, setting: FederatedSignOut = true, own: object = provider) =>
  resolveEndSessionUrl(claim, own as typeof provider, setting, client(metadata), false, 'https://app.example/bye?x=1&y')

it('is asked for in JSON and by a form', () => {
  for (const federated of [true, 'true', 'on', '1']) expect(isFederated({ federated })).toBe(true)
  for (const fields of [undefined, {}, { federated: false }, { federated: 'false' }, { federated: ['true', 'x'] }]) expect(isFederated(fields)).toBe(false)
})

it('reads the claim from an authentic cookie only', async () => {
  const secret = ['x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD']
  const config = { secret, cookies: { sessionToken: { name: 's' } }, jwt: { decode: decodeToken }, federatedSignOut: true }
  const read = async (cookie: string, more: object = {}) => await getFederatedClaim(toEvent({ cookie }), { ...config, ...more } as never)
  const sealed = await encode({ token: { federatedSignOut: claim }, secret, salt: 's' })
  expect(await read(`s=${sealed}`)).toEqual(claim)
  expect(await read(`s=${sealed}`, { federatedSignOut: false })).toBeUndefined()
  for (const cookie of ['', 's=x', `s=${sealed.slice(0, -3)}`, `s=${await encode({ token: { federatedSignOut: true }, secret, salt: 's' })}`]) expect(await read(cookie)).toBeUndefined()
})

it('leads to the end-session address of discovery, or the one that the definition names', async () => {
  const query = 'id_token_hint=a.b.c&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye%3Fx%3D1%26y&client_id=app'
  expect(await resolve({ end_session_endpoint: 'https://id.example/end' })).toBe(`https://id.example/end?${query}`)
  expect(await resolve({}, { kc: 'https://id.example/logout?v=2' })).toBe(`https://id.example/logout?v=2&${query}`)
})

it('leads nowhere where there is no such address, an unsafe one, or no answer', async () => {
  const log = vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect(await resolve({})).toBeUndefined()
  expect(await resolve({}, { other: 'https://id.example/logout' })).toBeUndefined()
  expect(await resolve({}, true, { ...provider, type: 'oauth', issuer: undefined })).toBeUndefined()
  expect(log).not.toHaveBeenCalled()
  for (const end_session_endpoint of ['http://id.example/end', 'javascript:alert(1)', 'nonsense']) expect(await resolve({ end_session_endpoint })).toBeUndefined()
  expect(await resolve(new Error('down'))).toBeUndefined()
  expect(log).toHaveBeenCalledTimes(4)
})

it('leads to Auth0 with the standard\'s parameters, and to Cognito with its own', async () => {
  const auth0 = new URL(String(await resolve({}, { kc: 'https://tenant.example/oidc/logout' })))
  expect([auth0.pathname, ...auth0.searchParams.keys()]).toEqual(['/oidc/logout', 'id_token_hint', 'post_logout_redirect_uri', 'client_id'])
  const params = { id_token_hint: false, post_logout_redirect_uri: 'logout_uri' } as const
  const cognito = new URL(String(await resolve({}, { kc: { url: 'https://pool.example/logout', params } })))
  expect(Object.fromEntries(cognito.searchParams)).toEqual({ logout_uri: 'https://app.example/bye?x=1&y', client_id: 'app' })
})
