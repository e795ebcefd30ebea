import handler from '../../src/runtime/server/handler'
import { toEvent } from './event'

/** A browser for the handler alone, without a server: keeps cookies and follows no redirects. */
export class Visitor {
  readonly cookies = new Map<string, string>()

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  event() {
    return toEvent(this.headers())
  }

  async get(path: string): Promise<Response> {
    return this.keep(await handler(toEvent(this.headers(), path)))
  }

  async post(path: string, fields: object): Promise<Response> {
    const { csrfToken } = await (await this.get('/api/auth/csrf')).json() as { csrfToken: string }
    const headers = { 'content-type': 'application/json', 'x-auth-return-redirect': '1' }
    return this.keep(await handler(toEvent(this.headers(headers), path, JSON.stringify({ csrfToken, ...fields }))))
  }

  private headers(more: Record<string, string> = {}): Record<string, string> {
    return { host: 'app.example', ...(this.cookies.size > 0 && { cookie: this.header }), ...more }
  }

  private keep(answer: unknown): Response {
    const response = typeof answer === 'string' ? new Response(answer) : answer as Response
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, decodeURIComponent(value))
    }
    return response
  }
}
