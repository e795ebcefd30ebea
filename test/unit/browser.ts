import { prepareCallbacks } from '../../src/runtime/server/authjs/callbacks'
import { decode, encode } from '@auth/core/jwt'
import { getConfig } from '../../src/runtime/server/config/load'
import { toEvent } from './event'

type Event = ReturnType<typeof toEvent>

/** A browser without a network: keeps the session cookie of the responses that it is given, in that order. */
export class Jar {
  cookie = ''
  readonly seen = new Set<string>()

  constructor(private readonly headers: Record<string, string> = {}) {}

  /** A request of this browser. Its response takes effect once it is `kept`. */
  request(path = '/'): Event {
    return toEvent({ ...this.headers, ...(this.cookie && { cookie: this.cookie }) }, path)
  }

  keep(event: Event): void {
    for (const line of [event.node.res.getHeader('set-cookie') ?? []].flat().map(String)) {
      const [pair = ''] = line.split(';')
      this.cookie = /max-age=0/i.test(line) ? '' : pair
      if (this.cookie) this.seen.add(this.cookie)
    }
  }

  /** Signs in as Auth.js does: the callbacks turn the user into a token, and the cookie contains it. */
  async signIn(user: { id: string, name?: string } = { id: '1', name: 'Ada' }, issued: { maxAge?: number } = {}): Promise<Record<string, unknown>> {
    const config = await getConfig(toEvent())
    const { secret, cookies: { sessionToken: { name } }, session } = config
    const callbacks = prepareCallbacks(config, { name: 'callback', provider: 'credentials' }, undefined, {})
    // The arguments that Auth.js passes at a sign-in.
    const token = await callbacks.jwt?.({ token: { sub: user.id, name: user.name }, user, trigger: 'signIn' } as never)
    this.cookie = `${name}=${await encode({ token: token ?? {}, secret, salt: name, maxAge: issued.maxAge ?? session.maxAge })}`
    this.seen.add(this.cookie)
    return await this.token()
  }

  async token(): Promise<Record<string, unknown>> {
    const { secret, cookies: { sessionToken: { name } } } = await getConfig(toEvent())
    return await decode({ token: this.cookie.split('=')[1], secret, salt: name }) as Record<string, unknown>
  }
}
