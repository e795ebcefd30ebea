import { expect } from 'vitest'
import { Visitor } from './app'

/** The cookies of a flow in progress. */
export const flowCookies = ['authjs.flow', 'authjs.state', 'authjs.nonce', 'authjs.pkce.code_verifier']

/** Starts a sign-in. Resolves to the provider's authorization URL. */
export async function begin(visitor: Visitor, provider: string, fields: object = {}, query = ''): Promise<URL> {
  const response = await visitor.post(`/api/auth/signin/${provider}${query}`, { ...fields })
  expect(response.status).toBe(200)
  const { url } = await response.json() as { url: string }
  return new URL(url)
}

/** Gives consent at the provider. Resolves to the callback URL. */
export async function visitProvider(at: URL): Promise<URL> {
  const response = await fetch(at, { redirect: 'manual' })
  return new URL(response.headers.get('location') ?? '')
}

export async function comeBack(visitor: Visitor, to: URL): Promise<Response> {
  return await visitor.fetch(to.pathname + to.search)
}

/** A complete sign-in. Resolves to the response to the callback. */
export async function signInAt(provider: string, visitor = new Visitor(), fields: object = {}): Promise<{ visitor: Visitor, response: Response }> {
  const back = await visitProvider(await begin(visitor, provider, fields))
  return { visitor, response: await comeBack(visitor, back) }
}

/** Expects that the user is signed out, sees the error on a page of this app, and can start again. */
export async function expectRefused({ visitor, response }: { visitor: Visitor, response: Response }, error: string): Promise<void> {
  const location = new URL(response.headers.get('location') ?? 'about:blank')
  expect({ status: response.status, path: location.pathname, query: location.search })
    .toEqual({ status: 302, path: `/api/auth/${error === 'Configuration' ? 'error' : 'signin'}`, query: `?error=${error}` })
  expect(flowCookies.filter(name => visitor.cookies.has(name))).toEqual([])
  expect([...visitor.cookies.keys()].filter(name => name.includes('session-token'))).toEqual([])
  expect(await visitor.json('/api/auth/session')).toBeNull()
}
