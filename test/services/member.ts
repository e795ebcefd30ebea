/** A browser that knows its user, and searches every response for other users. */
import { Visitor } from '../e2e/app'
import { cookieName } from '../e2e/sessions'
import type { Random } from './random'

/** The results of all members together. */
export interface Tally { requests: Record<string, number>, crossReads: string[], failures: string[] }

export const createTally = (): Tally => ({ requests: {}, crossReads: [], failures: [] })

/** The name of one user, which no response to another user may contain. */
export const toName = (index: number) => `CANARY-${String(index).padStart(3, '0')}`
const names = /CANARY-\d{3}/g
/** Timeout in milliseconds: a longer wait counts as a hang. */
const patience = 10_000

export interface Place { origins: string[], random: Random, tally: Tally }

/** A completely read response. */
export interface Answer { status: number, text: string, headers: Headers }

export class Member {
  name = ''
  readonly jar = new Map<string, string>()
  private readonly doors: Visitor[]

  constructor(private readonly place: Place) {
    // All instances share one cookie jar, as behind a load balancer.
    this.doors = place.origins.map(origin => Object.assign(new Visitor(origin), { cookies: this.jar }))
  }

  /** The instance that gets the next request. */
  private get door(): Visitor {
    return this.place.random.pick(this.doors)
  }

  /** Sends a request, counts it as `kind`, and checks every byte of the response. Throws on another status. */
  async ask(kind: string, path: string, { status = 200, ...init }: RequestInit & { status?: number } = {}): Promise<Answer> {
    const { name, place: { tally } } = this
    tally.requests[kind] = (tally.requests[kind] ?? 0) + 1
    const response = await this.door.fetch(path, { signal: AbortSignal.timeout(patience), ...init })
    const text = await response.text()
    const others = [text, ...[...response.headers].flat()].join('\n').match(names)?.filter(found => found !== name) ?? []
    if (others.length > 0) tally.crossReads.push(`${name} read ${others[0]} at ${path}`)
    if (response.status !== status) throw new Error(`${kind} ${path}: ${response.status} instead of ${status}: ${text.slice(0, 200)}`)
    return { status: response.status, text, headers: response.headers }
  }

  /** Like `ask`, for a response that has to contain this user's name. */
  async read(kind: string, path: string): Promise<Answer> {
    const answer = await this.ask(kind, path)
    if (!answer.text.includes(this.name)) throw new Error(`${kind} ${path} does not know ${this.name}: ${answer.text.slice(0, 200)}`)
    return answer
  }

  async post(kind: string, path: string, fields: object = {}): Promise<Answer> {
    const { csrfToken } = JSON.parse((await this.ask('csrf', '/api/auth/csrf')).text) as { csrfToken: string }
    return await this.ask(kind, path, { method: 'POST', body: JSON.stringify({ csrfToken, ...fields }), headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1' } })
  }

  /** Signs in as `name`, replacing any session, with or without the provider's page. `lifetime` is that of its tokens, in seconds. */
  async signIn(name: string, lifetime: number, isWithRedirects = false): Promise<void> {
    if (!isWithRedirects) await this.becoming(name, () => this.post('sign-in', '/api/auth/callback/credentials', { owner: name, lifetime: String(lifetime) }))
    else {
      const { url } = JSON.parse((await this.post('sign-in begun', '/api/auth/signin/idp')).text) as { url: string }
      const visited = await fetch(`${url}&${new URLSearchParams({ owner: name, lifetime: String(lifetime) })}`, { redirect: 'manual' })
      const back = new URL(visited.headers.get('location') ?? '')
      const { headers } = await this.becoming(name, () => this.ask('sign-in', back.pathname + back.search, { status: 302 }))
      if (headers.get('location')?.includes('error=')) throw new Error(`${name} was sent to ${headers.get('location')}`)
    }
    if (!this.jar.has(cookieName)) throw new Error(`${name} has no session`)
  }

  /** A copy of the session, as if it had been stolen. */
  copy(): string {
    return `${cookieName}=${this.jar.get(cookieName)}`
  }

  /** Switches the name with the response that sets its session. Earlier requests belong to the old name. */
  private async becoming(name: string, run: () => Promise<Answer>): Promise<Answer> {
    const before = this.name
    this.name = name
    try {
      return await run()
    }
    catch (error) {
      this.name = before
      throw error
    }
  }
}
