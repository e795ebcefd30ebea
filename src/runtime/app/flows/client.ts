import { options } from '#build/nuxt-authjs/options.mjs'
import type { AuthResult, PublicProvider } from '../../shared/types'
import type { AuthContext, FetchOptions } from '../context'

/** The routes of Auth.js as functions. */
export interface AuthClient extends AuthContext {
  getCsrfToken: () => Promise<string>
  getProviders: () => Promise<Record<string, PublicProvider>>
  /** Posts a form with a CSRF token. Never throws: an unreachable server gives the result `Unavailable`. */
  send: <Result extends AuthResult = AuthResult>(path: string, fields: object) => Promise<Result | AuthResult>
  /** Posts a form with a CSRF token. Throws if the server refuses it or can't be reached. */
  post: <T = unknown>(path: string, fields: object, options?: FetchOptions) => Promise<T>
}

/** The result of a request that the server did not answer. */
const unavailable: AuthResult = { ok: false, status: 503, url: null, error: 'Unavailable', code: null }

/** Connects the verbs of one app to its server. */
export function createClient(context: AuthContext): AuthClient {
  const { fetch } = context
  const { basePath } = options
  const get = <T>(path: string) => fetch<T>(basePath + path, { cache: 'no-store' })
  const getProviders = () => get<Record<string, PublicProvider>>('/providers')
  const getCsrfToken = async () => (await get<{ csrfToken: string }>('/csrf')).csrfToken

  async function post<T>(path: string, fields: object, options?: FetchOptions): Promise<T> {
    const body = { ...fields, csrfToken: await getCsrfToken() }
    const headers = { 'x-auth-return-redirect': '1' }
    return await fetch<T>(basePath + path, { method: 'POST', body, headers, ...options })
  }

  async function send<Result extends AuthResult>(path: string, fields: object): Promise<Result | AuthResult> {
    try {
      // A refusal has a result as its body. An outage has Nuxt's error body, of which only the status is used.
      const answer = await post<Result & { statusCode?: number }>(path, fields, { ignoreResponseError: true })
      return typeof answer.ok === 'boolean' ? answer : { ...unavailable, status: answer.statusCode ?? 503 }
    }
    catch (cause) {
      return import.meta.server ? { ...unavailable, ...toCodedResult(cause as { code?: string }) } : unavailable
    }
  }

  return { ...context, getCsrfToken, getProviders, send, post }
}

/** The code and status of an error of this module, such as AUTH_A001; nothing for any other error. */
function toCodedResult({ code, statusCode = 500 }: { code?: string, statusCode?: number }): Partial<AuthResult> {
  return code?.startsWith('AUTH_') ? { code, status: statusCode } : {}
}
