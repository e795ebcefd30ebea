/** Who asks while a server is killed: each is to be told the same before and after, and never more than he may know in between. */
import { encode } from '@auth/core/jwt'
import { secret, Visitor } from '../e2e/app'
import { cookieName } from '../e2e/sessions'
import type { Watcher } from './kills'
import type { Random } from './random'

/** Somebody who is signed in, and reads `path`. */
export function toMember(visitor: Visitor, path: string, meanwhile: number[]): Watcher {
  // The page asks its own API, too.
  return { name: `member at ${path}`, well: 200, meanwhile, requests: path === '/' ? 2 : 1, ask: () => visitor.fetch(path) }
}

/** Somebody who is not, and never was. */
export function toStranger(url: string, path: string, well = 401, meanwhile: number[] = []): Watcher {
  return { name: `stranger at ${path}`, isStranger: true, well, meanwhile, ask: () => fetch(url + path, { redirect: 'manual' }) }
}

/**
 * Somebody who signs in and out, and then comes back with a copy of his cookie. Only a sign-out that was answered with 200 was one:
 * 503 says that copies may live on. And only a sign-in that was answered counts: what was answered has to outlive the kill.
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

/** Somebody whose provider tokens have ended: nothing but a refresh helps, and after it the next one comes. */
export function toExpired(url: string): Watcher {
  let visitor: Promise<Visitor> | undefined
  const ask = async () => {
    const answer = await (await (visitor ??= createExpired(url))).fetch('/api/reports')
    if (answer.status === 200) visitor = undefined
    return answer
  }
  return { name: 'member whose tokens have ended', well: 200, meanwhile: [502, 503], ask }
}

/** A browser with the session of somebody whose provider tokens have ended. */
export async function createExpired(url: string): Promise<Visitor> {
  const visitor = new Visitor(url)
  const now = Math.floor(Date.now() / 1000)
  // As provider-process.mjs issues them.
  const token = { sub: 'expired', name: 'expired', sid: crypto.randomUUID(), auth_time: now, owner: 'expired', note: '', provider: 'idp', accessToken: 'access.expired.x.1', refreshToken: `refresh.expired.${crypto.randomUUID()}.300.0`, expiresAt: now - 1 }
  visitor.cookies.set(cookieName, await encode({ token, secret, salt: cookieName, maxAge: 3600 }))
  return visitor
}
