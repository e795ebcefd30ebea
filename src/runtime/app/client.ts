import type { NuxtApp } from '#app'
import type { AuthResult, PublicAuthConfig, PublicProvider } from '../shared/types'

/** The part of ofetch that is needed here; `useRequestFetch` has it on every host. */
export type Fetch = (path: string, options?: object) => Promise<unknown>

/** Auth.js's routes as functions. */
export interface AuthClient {
  nuxtApp: NuxtApp
  config: PublicAuthConfig
  /** `app.baseURL` without its last slash. */
  base: string
  get: (path: string) => Promise<unknown>
  getCsrfToken: () => Promise<string>
  getProviders: () => Promise<Record<string, PublicProvider>>
  /** POST of a form with its CSRF token. A refusal is a result; an unreachable server is `{ ok: false, status: 503 }`. */
  send: (path: string, fields: object) => Promise<AuthResult>
  /** POST whose refusal throws. */
  post: (path: string, fields: object, options?: object) => Promise<unknown>
}

export function createClient(nuxtApp: NuxtApp, config: PublicAuthConfig, base: string, fetch: Fetch): AuthClient {
  const get = (path: string) => fetch(config.basePath + path, { cache: 'no-store' })
  const getProviders = async () => await get('/providers') as Record<string, PublicProvider>
  const getCsrfToken = async () => (await get('/csrf') as { csrfToken: string }).csrfToken

  async function post(path: string, fields: object, options?: object): Promise<unknown> {
    const body = { ...fields, csrfToken: await getCsrfToken() }
    return await fetch(config.basePath + path, { method: 'POST', body, headers: { 'x-auth-return-redirect': '1' }, ...options })
  }

  async function send(path: string, fields: object): Promise<AuthResult> {
    const failure = { ok: false, status: 503, url: null, error: 'Unavailable', code: null }
    try {
      // Refusals have a body that says why; outages have Nuxt's error body, of which only the status counts.
      const { ok, url, error, code, status, statusCode } = await post(path, fields, { ignoreResponseError: true }) as Partial<AuthResult & { statusCode: number }>
      return typeof ok === 'boolean' ? { ok, status: status ?? 200, url: url ?? null, error: error ?? null, code: code ?? null } : { ...failure, status: statusCode ?? 503 }
    }
    catch {
      return failure
    }
  }

  return { nuxtApp, config, base, get, getCsrfToken, getProviders, send, post }
}
