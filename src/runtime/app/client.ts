import type { NuxtApp } from '#app'
import { options } from '#build/nuxt-authjs/options.mjs'
import type { AuthResult, PublicProvider } from '../shared/types'

/** The part of ofetch that is needed here; `useRequestFetch` has it on every host. */
export type Fetch = (path: string, options?: FetchOptions) => Promise<unknown>

interface FetchOptions {
  method?: 'POST'
  body?: object
  headers?: Record<string, string>
  cache?: 'no-store'
  ignoreResponseError?: boolean
  onResponse?: (context: { response: Response }) => void
}

/** One app and its way to the server. */
export interface AuthContext {
  nuxtApp: NuxtApp
  /** `app.baseURL` without its last slash. */
  base: string
  /** Between the tabs of this app; in the browser, unless it is switched off. */
  channel: BroadcastChannel | undefined
  fetch: Fetch
}

/** Auth.js's routes as functions. */
export interface AuthClient extends AuthContext {
  getCsrfToken: () => Promise<string>
  getProviders: () => Promise<Record<string, PublicProvider>>
  /** POST of a form with its CSRF token. A refusal is a result; an unreachable server is `unavailable`. */
  send: (path: string, fields: object) => Promise<AuthResult>
  /** POST whose refusal throws. */
  post: (path: string, fields: object, options?: FetchOptions) => Promise<unknown>
}

/** How a sign-in ends that no server answered. */
export const unavailable: AuthResult = { ok: false, status: 503, url: null, error: 'Unavailable', code: null }

function toCoded({ code, statusCode }: { code?: string, statusCode?: number }): Partial<AuthResult> {
  return code?.startsWith('AUTH_') ? { code, status: statusCode ?? 500 } : {}
}

export function createClient(context: AuthContext): AuthClient {
  const { fetch } = context
  const { basePath } = options
  const get = (path: string) => fetch(basePath + path, { cache: 'no-store' })
  const getProviders = async () => await get('/providers') as Record<string, PublicProvider>
  const getCsrfToken = async () => (await get('/csrf') as { csrfToken: string }).csrfToken

  async function post(path: string, fields: object, options?: FetchOptions): Promise<unknown> {
    const body = { ...fields, csrfToken: await getCsrfToken() }
    return await fetch(basePath + path, { method: 'POST', body, headers: { 'x-auth-return-redirect': '1' }, ...options })
  }

  async function send(path: string, fields: object): Promise<AuthResult> {
    try {
      // Refusals have a body that says why; outages have Nuxt's error body, of which only the status counts.
      const answer = await post(path, fields, { ignoreResponseError: true }) as AuthResult & { statusCode?: number }
      return typeof answer.ok === 'boolean' ? answer : { ...unavailable, status: answer.statusCode ?? 503 }
    }
    catch (cause) {
      // On the server the page may be unable to carry the answer: the code says why.
      return import.meta.server ? { ...unavailable, ...toCoded(cause as object) } : unavailable
    }
  }

  return { ...context, getCsrfToken, getProviders, send, post }
}
