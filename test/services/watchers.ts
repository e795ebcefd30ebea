/** Clients that send requests while a server is killed: each gets the same before and after, and never more in between. */
import { encode } from '@auth/core/jwt'
import { secret, Visitor } from '../e2e/app'
import { cookieName } from '../e2e/sessions'
import type { Watcher } from './kills'
import type { Random } from './random'

/** A signed-in user who reads `path`. */
export function toMember(visitor: Visitor, path: string, meanwhile: number[]): Watcher {
  // The page also requests its own API.
  return { name: `member at ${path}`, well: 200, meanwhile, requests: path === '/' ? 2 : 1, ask: () => visitor.fetch(path) }
}

/** An anonymous user. */
export function toStranger(url: string, path: string, well = 401, meanwhile: number[] = []): Watcher {
  return { name: `stranger at ${path}`, isStranger: true, well, meanwhile, ask: () => fetch(url + path, { redirect: 'manual' }) }
}

/**
 * A user who signs in and out, and then sends a copy of the cookie. Only a sign-out that was answered with 200 counts, because
 * 503 reports that copies may stay valid. Only an answered sign-in counts as well, because it has to survive the kill.
 */
export function toLeaver(signIn: () => Promise<Visitor | number>, random: Random): Watcher[] {
  const dead: (() => Promise<Response>)[] = []
  const leave = async () => {
    const arrived = await signIn()
    if (typeof arrived === 'number') return arrived
    const cookie = `${cookieName}=${arrived.cookies.get(cookieName)}`
    const token = await arrived.fetch('/api/auth/csrf')
    if (token.status !== 200) return token.status
    const { csrfToken } = await token.json() as { csrfToken: string }
    const { status } = await arrived.fetch('/api/auth/signout', { method: 'POST', body: JSON.stringify({ csrfToken }), headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1' } })
    if (status === 200) dead.push(() => arrived.fetch('/api/me', { headers: { cookie } }))
    return status
  }
  return [
    { name: 'sign-in and sign-out', well: 200, meanwhile: [503], requests: 4, ask: leave },
    { name: 'copy of a cookie after the sign-out', well: 401, meanwhile: [503], ask: async () => await random.pick(dead)?.() ?? 401 },
  ]
}

/** A user whose provider tokens have expired, so each request needs a refresh. */
export function toExpired(url: string): Watcher {
  let visitor: Promise<Visitor> | undefined
  const ask = async () => {
    const answer = await (await (visitor ??= createExpired(url))).fetch('/api/reports')
    if (answer.status === 200) visitor = undefined
    return answer
  }
  return { name: 'member whose tokens have ended', well: 200, meanwhile: [502, 503], ask }
}

/** A browser with a session whose provider tokens have expired. */
export async function createExpired(url: string): Promise<Visitor> {
  const visitor = new Visitor(url)
  const now = Math.floor(Date.now() / 1000)
  // The token format of provider-process.mjs.
  const token = { sub: 'expired', name: 'expired', sid: crypto.randomUUID(), auth_time: now, owner: 'expired', note: '', provider: 'idp', accessToken: 'access.expired.x.1', refreshToken: `refresh.expired.${crypto.randomUUID()}.300.0`, expiresAt: now - 1 }
  visitor.cookies.set(cookieName, await encode({ token, secret, salt: cookieName, maxAge: 3600 }))
  return visitor
}
