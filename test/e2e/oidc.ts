import { expect } from 'vitest'
import { Visitor } from './app'

/** The cookies of a flow under way. */
export const flowCookies = ['authjs.flow', 'authjs.state', 'authjs.nonce', 'authjs.pkce.code_verifier']

/** Begins a sign-in. Resolves to the address at the provider. */
export async function begin(visitor: Visitor, provider: string, fields: object = {}, query = ''): Promise<URL> {
  const response = await visitor.post(`/api/auth/signin/${provider}${query}`, { ...fields })
  expect(response.status).toBe(200)
  const { url } = await response.json() as { url: string }
  return new URL(url)
}

/** The visitor at the provider, who always says yes. Resolves to the address that he comes back to. */
export async function visitProvider(at: URL): Promise<URL> {
  const response = await fetch(at, { redirect: 'manual' })
  return new URL(response.headers.get('location') ?? '')
}

export async function comeBack(visitor: Visitor, to: URL): Promise<Response> {
  return await visitor.fetch(to.pathname + to.search)
}

/** A whole sign-in. Resolves to the answer to the callback. */
export async function signInAt(provider: string, visitor = new Visitor(), fields: object = {}): Promise<{ visitor: Visitor, response: Response }> {
  const back = await visitProvider(await begin(visitor, provider, fields))
  return { visitor, response: await comeBack(visitor, back) }
}

/** The visitor is nobody, was told why on a page of this app, and may try again from the beginning. */
export async function expectRefused({ visitor, response }: { visitor: Visitor, response: Response }, error: string): Promise<void> {
  const location = new URL(response.headers.get('location') ?? 'about:blank')
  expect({ status: response.status, path: location.pathname, query: location.search })
    .toEqual({ status: 302, path: `/api/auth/${error === 'Configuration' ? 'error' : 'signin'}`, query: `?error=${error}` })
  expect(flowCookies.filter(name => visitor.cookies.has(name))).toEqual([])
  expect([...visitor.cookies.keys()].filter(name => name.includes('session-token'))).toEqual([])
  expect(await visitor.json('/api/auth/session')).toBeNull()
}
