/** The effect of a failing identity provider on a user, at each point where it can fail. */
import { encode } from '@auth/core/jwt'
import { secret, Visitor } from '../e2e/app'
import { visitProvider } from '../e2e/oidc'
import type { Endpoint, Fault, ScriptedProvider } from '../e2e/scripted-provider'
import { cookieName } from '../e2e/sessions'
import { sleep } from './random'

/** The faults, in the words of the table. */
export const providerFaults: [string, Fault][] = [
  ...[500, 502, 503, 429, 401, 404].map((status): [string, Fault] => [`answers ${status}`, status]),
  ['answers HTML', 'html'], ['answers nothing', 'empty'], ['answers broken JSON', 'garbage'], ['answers 20 MB', 'huge'],
  ['redirects', { redirect: 'http://169.254.169.254/latest/meta-data' }], ['resets the connection', 'reset'], ['never answers', 'hang'], ['drips', 'drip'],
]

/** The points of failure: before the redirect, at each endpoint in the callback, and when the session's tokens are due. */
export const places = ['start', 'discovery', 'token', 'jwks', 'userinfo', 'refresh'] as const
export type Place = typeof places[number]

/** A provider that is configured in the app as `id`. */
export interface Known { id: string, provider: ScriptedProvider }

/** The result: a status, or the error of the page after the callback. Times are in milliseconds. */
export interface Meeting { seen: string, milliseconds: number, recovery: number }

/** Runs into the fault at this point, and then retries until it recovers. */
export async function meet(url: string, { id, provider }: Known, place: Place, fault: Fault): Promise<Meeting> {
  provider.reset()
  const visitor = new Visitor(url)
  const ask = place === 'refresh' ? await toRefresh(visitor, id, provider) : place === 'start' ? () => start(visitor, id) : await toReturn(visitor, id)
  provider.script.faults = { [place === 'start' ? 'discovery' : place === 'refresh' ? 'token' : place]: fault } as Partial<Record<Endpoint, Fault>>
  const begun = Date.now()
  const seen = await ask()
  const milliseconds = Date.now() - begun
  provider.script.faults = {}
  const back = Date.now()
  // A user with a session asks again with it; a user without one starts a new sign-in.
  const again = place === 'refresh' ? ask : async () => await (await toReturn(new Visitor(url), id))()
  // The time of the request, not of its response, which depends on the machine.
  let asked = back
  while (await again() !== 'well') {
    await sleep(50)
    asked = Date.now()
  }
  return { seen, milliseconds, recovery: asked - back }
}

async function start(visitor: Visitor, id: string): Promise<string> {
  const response = await visitor.post(`/api/auth/signin/${id}`, {})
  const { error } = await response.json() as { error?: string }
  return `${response.status} ${error}`
}

/** Goes to the provider, and returns a function that performs the callback. */
async function toReturn(visitor: Visitor, id: string): Promise<() => Promise<string>> {
  const { url } = await (await visitor.post(`/api/auth/signin/${id}`, {})).json() as { url: string }
  const back = await visitProvider(new URL(url))
  return async () => {
    const response = await visitor.fetch(back.pathname + back.search)
    const isIn = (await visitor.fetch('/api/me')).status === 200
    const error = /error=(\w+)/.exec(response.headers.get('location') ?? '')?.[1]
    return isIn ? error ? `signed in, ${error}` : 'well' : String(error)
  }
}

/** Creates a session whose provider tokens have expired, and returns a function that uses the session and its access token. */
async function toRefresh(visitor: Visitor, id: string, provider: ScriptedProvider): Promise<() => Promise<string>> {
  const now = Math.floor(Date.now() / 1000)
  const { access_token: accessToken, refresh_token: refreshToken } = provider.issueTokens()
  const token = { sub: 'ada', name: 'Ada', sid: crypto.randomUUID(), auth_time: now, owner: 'ada', note: '', provider: id, accessToken, refreshToken, expiresAt: now - 1 }
  visitor.cookies.set(cookieName, await encode({ token, secret, salt: cookieName, maxAge: 3600 }))
  return async () => {
    const { status } = await visitor.fetch('/api/sessions')
    const session = await visitor.json<{ error?: string } | null>('/api/auth/session')
    return session && status === 200 ? 'well' : `${status}${session ? ', session goes on' : ', signed out'}`
  }
}
