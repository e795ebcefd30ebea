import type { Running } from './server'

export const cookieName = 'authjs.session-token'

export type Fields = Record<string, unknown>

/** A browser without a page, for one server: keeps cookies and follows no redirects. */
export class Client {
  readonly cookies = new Map<string, string>()
  private token: string | undefined

  /** `origin` is the server's configured origin, if it differs from the address that it listens on. */
  constructor(readonly server: Running, readonly origin = server.origin) {}

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0 && !headers.has('cookie')) headers.set('cookie', this.cookieHeader())
    const response = await fetch(this.server.origin + path, { redirect: 'manual', ...init, headers })
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    return response
  }

  async text(path: string, init?: RequestInit): Promise<string> {
    return await (await this.fetch(path, init)).text()
  }

  async json<T = unknown>(path: string, init?: RequestInit): Promise<T> {
    return await (await this.fetch(path, init)).json() as T
  }

  async csrf(): Promise<string> {
    this.token ??= (await this.json<{ csrfToken: string }>('/api/auth/csrf')).csrfToken
    return this.token
  }

  /** Posts JSON, as a script does. */
  async post(path: string, fields: Fields, headers: Record<string, string> = {}): Promise<Response> {
    const body = JSON.stringify({ csrfToken: await this.csrf(), ...fields })
    return await this.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json', 'origin': this.origin, ...headers } })
  }

  /** Posts URL-encoded fields, as a form does. */
  async submit(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const body = new URLSearchParams({ csrfToken: await this.csrf(), ...fields })
    return await this.fetch(path, { method: 'POST', body, headers: { origin: this.origin, ...headers } })
  }

  async signIn(name = 'ada', password = 'right'): Promise<Response> {
    return await this.submit('/api/auth/callback/credentials', { name, password })
  }

  async session(headers?: Record<string, string>): Promise<Record<string, unknown> | null> {
    return await this.json('/api/auth/session', headers && { headers })
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** The value of the session cookie, joined from its parts. */
  sealed(): string {
    return [...this.cookies].filter(([name]) => name.includes('session-token')).map(([, value]) => value).join('')
  }

  private keep(cookie: string): void {
    const [pair = ''] = cookie.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}

/** A client that is signed in. */
export async function signedIn(server: Running, name = 'ada', origin = server.origin): Promise<Client> {
  const client = new Client(server, origin)
  await client.signIn(name)
  if (client.sealed() === '') throw new Error(`${name} could not sign in`)
  return client
}

/** The whole response as a browser receives it: status, headers and body. */
export async function toText(response: Response): Promise<string> {
  return `${response.status}\n${[...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${await response.text()}`
}

export async function mapSerial<T, R>(list: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of list) results.push(await run(item))
  return results
}
