import { randomBytes } from 'node:crypto'
import { encode } from '@auth/core/jwt'
import { vi } from 'vitest'
import { secret, Visitor } from './app'

export const cookieName = 'authjs.session-token'

/** A session cookie of user 3, issued `ago` seconds ago at a sign-in, unless `claims` override that. No test ends all sessions of user 3. */
export async function mint(claims: object = {}, ago = 0, maxAge = 3600): Promise<string> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - ago * 1000 })
  try {
    const token = { sub: '3', name: 'User 3', role: 'admin', sid: randomBytes(18).toString('base64url'), auth_time: toSeconds(), ...claims }
    return await encode({ token, secret, salt: cookieName, maxAge })
  }
  finally {
    vi.useRealTimers()
  }
}

/** A browser with such a cookie. */
export async function toVisitor(claims?: object, ago?: number): Promise<Visitor> {
  const visitor = new Visitor()
  visitor.cookies.set(cookieName, await mint(claims, ago))
  return visitor
}

export function toSeconds(ago = 0): number {
  return Math.floor(Date.now() / 1000) - ago
}

/** The values that a response sets for the session cookie. */
export function listSessionCookies(response: Response): string[] {
  return response.headers.getSetCookie().filter(line => line.startsWith(`${cookieName}=`)).map(line => line.split(/[=;]/)[1] ?? '')
}

export interface RaceResult { renewed: number, alive: number }

/**
 * Signs out while other requests of the same session are in progress, each of which renews the cookie and revalidates the role.
 * `servers` take turns. Counts the cookies that were set, and those that are still accepted at the end.
 */
export async function race(servers: string[], rounds: number, readers = 4): Promise<RaceResult> {
  const [first = ''] = servers
  const issued = await fetch(`${first}/api/auth/csrf`)
  const { csrfToken } = await issued.json() as { csrfToken: string }
  const csrfCookie = issued.headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
  const result = { renewed: 0, alive: 0 }
  for (let round = 0; round < rounds; round++) {
    const cookie = await mint({}, 1000)
    const send = (server: string, path: string, init: RequestInit = {}, value = cookie) =>
      fetch(server + path, { redirect: 'manual', ...init, headers: { ...init.headers, cookie: `${csrfCookie}; ${cookieName}=${value}` } })
    const signOut = (server: string) => send(server, '/api/auth/signout', { method: 'POST', headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1' }, body: JSON.stringify({ csrfToken }) })
    const pick = (index: number) => servers[(round + index) % servers.length] ?? first
    const requests = Array.from({ length: readers }, (_, index) => () => send(pick(index), '/api/auth/session'))
    requests.splice(Math.floor(Math.random() * (readers + 1)), 0, () => signOut(pick(1)))
    const answers = await Promise.all(requests.map(request => request()))
    if (answers.some(({ status }) => status !== 200)) throw new Error(`round ${round}: ${answers.map(({ status }) => status)}`)
    const cookies = [cookie, ...answers.flatMap(listSessionCookies).filter(Boolean)]
    result.renewed += cookies.length - 1
    const doors = await Promise.all(cookies.flatMap(value => servers.map(server => send(server, '/api/me', {}, value))))
    result.alive += doors.filter(({ status }) => status !== 401).length
    await Promise.all([...answers, ...doors].map(answer => answer.body?.cancel()))
  }
  return result
}
