import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { setup, url, useTestContext } from '@nuxt/test-utils/e2e'
import { getRandomPort } from 'get-port-please'
import { beforeAll } from 'vitest'
import { resolveBrowser } from '../browser'

/** A secret like that of a deployment. No test depends on its value. */
export const secret = 'KCq0m8l9hTqfYyq5dYk0pGm1p9mJ7QO0b5uW1yq3vXo='

/** Builds a fixture and serves it in production mode on loopback. `env` is added to a secret and the origin, whose host is `hostname`. */
export async function setupApp(fixture: string, { env = {}, browser = false, hostname = '127.0.0.1' }: { env?: Record<string, string>, browser?: boolean, hostname?: string } = {}): Promise<void> {
  const port = await getRandomPort('127.0.0.1')
  await setup({
    rootDir: fileURLToPath(new URL(/^[./]/.test(fixture) ? fixture : `../fixtures/${fixture}`, import.meta.url)),
    port,
    host: undefined,
    env: { HOST: '127.0.0.1', AUTH_SECRET: secret, AUTH_URL: `http://${hostname}:${port}`, ...env },
    browser,
    browserOptions: browser ? { type: 'chromium', launch: { executablePath: await resolveBrowser(), args: ['--no-sandbox', '--disable-gpu'] } } : undefined,
  })
}

/** Path of the current app's built server. */
export function getServerEntry(): string {
  return `${useTestContext().nuxt?.options.nitro.output?.dir}/server/index.mjs`
}

/**
 * Waits until the fixture's PostgreSQL has booted in the app's process. Booting blocks the process for seconds, in which
 * an adapter call would time out and a kept connection be reset, so the request has a connection to itself.
 */
export function bootDatabase(): void {
  beforeAll(async () => {
    await new Promise<void>((resolve, reject) => {
      const booting = request(url('/api/rows'), { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } }, (response) => {
        response.resume().once('end', () => response.statusCode === 200 ? resolve() : reject(new Error(`/api/rows: ${response.statusCode}`)))
      })
      booting.once('error', reject).end(JSON.stringify({ sql: 'select 1' }))
    })
  })
}

/** A browser without a page: keeps cookies and follows no redirects. */
export class Visitor {
  readonly cookies = new Map<string, string>()

  /** `origin` is the server to visit, if it is not the app that the test serves. */
  constructor(private readonly origin = '') {}

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0 && !headers.has('cookie')) headers.set('cookie', this.cookieHeader())
    const response = await fetch(this.origin ? this.origin + path : url(path), { redirect: 'manual', ...init, headers })
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    return response
  }

  async json<T = unknown>(path: string, init?: RequestInit): Promise<T> {
    const response = await this.fetch(path, init)
    return await response.json() as T
  }

  async post(path: string, fields: Record<string, unknown>, headers: Record<string, string> = {}): Promise<Response> {
    const { csrfToken } = await this.json<{ csrfToken: string }>('/api/auth/csrf')
    return await this.fetch(path, {
      method: 'POST',
      body: JSON.stringify({ csrfToken, ...fields }),
      headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1', ...headers },
    })
  }

  async signIn(fields: Record<string, unknown>): Promise<Response> {
    return await this.post('/api/auth/callback/credentials', fields)
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  private keep(cookie: string): void {
    const [pair = ''] = cookie.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}
