import { Agent, request } from 'node:http'
import { createRandom } from '../unit/random'
import { findForms } from '../e2e/canary'
import { Client, cookieName, signedIn } from './client'
import { sendBytes, toBytes } from './raw'
import { pending } from './contract/open'
import { canaries } from './rows/leaks'
import type { Running } from './server'

/** One request, in parts that can be omitted. */
export interface Case { method: string, path: string[], query: string[], headers: [string, string][], body: string[], isRaw: boolean }

interface Answer { status: number, head: string, body: string }
type Random = ReturnType<typeof createRandom>

/** What the fuzzer knows about its target: an admin's token to mutate, and a member's token to use. */
interface Loot { admin: string, member: string, csrf: string, cookies: string }

const segments = ['api', 'auth', 'api/auth', 'session', 'csrf', 'providers', 'signin', 'signout', 'callback', 'error', 'verify-request', 'webauthn-options', 'credentials', 'github', 'nobody', 'admin', 'member', 'me', 'ruled', 'swr', '_payload.json', '__nuxt_error', '__nuxt_island', '_nuxt', '..', '.', '', '%2e%2e', '%2f', '%5c', '%00', '%', '%zz', ';x', 'ADMIN', '%61dmin', '\\', '__proto__', 'constructor', 'x'.repeat(300), '\u00E9', '%E0%A4%A', '*', '@', ':80', '~', '//evil.example', 'favicon.ico']
const known = ['session', 'csrf', 'providers', 'signin', 'signin/credentials', 'signin/github', 'signout', 'callback/credentials', 'callback/credentials', 'callback/github', 'error', 'verify-request', 'webauthn-options/github'].map(path => `api/auth/${path}`).concat('api/admin', 'api/ruled', 'api/me', 'member', 'admin', 'swr', '')
const values = ['', '/', '/member', '//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '%0d%0ax-injected: 1', '\r\nx-injected: 1', '1', 'true', 'null', '[]', '{}', '__proto__', 'admin', 'ada', 'x'.repeat(3000), '\0', '\uD800', '<script>alert(1)</script>', 'Configuration', 'CredentialsSignin', '../../etc/passwd', '{{7*7}}', '${7*7}', '\' OR 1=1--', '2147483648', '-1', '1e999', '\uFEFF', 'evil.example']
const keys = ['callbackUrl', 'error', 'code', 'state', 'iss', 'csrfToken', 'name', 'password', 'redirect_uri', 'scope', 'client_id', 'data', 'role', '__proto__', 'constructor', 'x', '', 'token', 'email', 'action', 'error_description', 'session_state', 'providers', 'theme']
const headerNames = ['host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-for', 'forwarded', 'origin', 'referer', 'sec-fetch-site', 'accept', 'accept-language', 'content-type', 'x-auth-return-redirect', 'authorization', 'x-original-url', 'x-rewrite-url', 'x-http-method-override', 'range', 'if-none-match', 'if-modified-since', 'te', 'cookie', 'x-nuxt-error', 'x-nitro-prerender', 'upgrade-insecure-requests', 'purpose', 'accept-encoding', 'user-agent', '__proto__']
const headerValues = ['evil.example', 'https://evil.example', 'null', 'cross-site', 'same-origin', 'application/json', 'application/x-www-form-urlencoded', 'text/html', '*/*', 'text/plain; application/json', 'multipart/form-data; boundary=x', '1', '', 'bytes=0-1', 'gzip', 'Bearer x', 'for=127.0.0.1;host=evil.example', '127.0.0.1', 'http', 'https', 'a@b', 'x'.repeat(2000), '/admin', 'GET']
const methods = ['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'get', 'TRACE']

function toToken({ next, pick }: Random, { admin }: Loot): string {
  const at = Math.floor(next() * admin.length)
  // Changes bits of a token but not its length, in the first or last character of a part.
  const changed = admin[at] === 'A' ? 'B' : 'A'
  return pick([
    admin.slice(0, at), admin.slice(at), `${admin.slice(0, at)}${changed === admin[at] || admin[at] === '.' ? 'x' : changed}${admin.slice(at + 1)}`, admin.split('.').reverse().join('.'), `${admin}.`, `${admin}=`, `${admin}%00`, admin.toLowerCase(), '', 'null', '....', 'eyJhbGciOiJub25lIn0..', admin.split('.').map(() => 'AAAA').join('.'), '%E0%A4%A', '__proto__',
  ])
}

function toCookie(random: Random, loot: Loot): string {
  const { next, pick } = random
  const pairs = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick([
    () => `${cookieName}${pick(['', '', '', '.0', '.1', '.x', '-x', '.00'])}=${toToken(random, loot)}`, () => `authjs.callback-url=${encodeURIComponent(pick(values).toWellFormed())}`, () => loot.cookies, () => `authjs.csrf-token=${pick(['', 'a|b', '|', 'a|b|c', loot.csrf])}`, () => `authjs.${pick(['state', 'nonce', 'pkce.code_verifier', 'challenge'])}=${toToken(random, loot)}`, () => `${pick(keys)}=${encodeURIComponent(pick(values).toWellFormed())}`, () => `${cookieName}=${loot.member}`,
  ])())
  return pairs.join(pick(['; ', ';', '; ; ']))
}

/** Creates an implausible request from a stream of random numbers. */
export function toCase(random: Random, loot: Loot): Case {
  const { next, pick } = random
  const some = <T>(most: number, make: () => T) => Array.from({ length: Math.floor(next() * (most + 1)) }, make)
  const path = next() < 0.6 ? [...pick(known).split('/'), ...next() < 0.1 ? [pick(segments)] : []] : some(5, () => pick(segments))
  const method = pick(methods)
  const fields = () => [[pick(keys), pick(values)], ['csrfToken', loot.csrf], ['name', 'ada'], ['callbackUrl', pick(values)]].filter(([key]) => next() < (key === 'csrfToken' ? 0.9 : 0.7))
  const isJson = next() < 0.5
  const body = method === 'GET' || method === 'HEAD' ? [] : isJson ? [next() < 0.8 ? JSON.stringify(Object.fromEntries(fields().map(([key, value]) => [key, next() < 0.2 ? [value] : value]))) : pick(['{', '[]', 'null', '{"a":'.repeat(500), '"x"', '\uFEFF{}'])] : [...new URLSearchParams(fields().map(([key = '', value = '']): [string, string] => [key, value.toWellFormed()])).toString().split(/(?=&)/)]
  return {
    method, path, body,
    query: some(3, () => `${encodeURIComponent(pick(keys))}=${encodeURIComponent(pick(values).toWellFormed())}`),
    // Sometimes everything a sign-in needs except the password, so the request gets past the first checks.
    headers: [...next() < 0.3 ? [['cookie', loot.cookies] as [string, string]] : next() < 0.8 ? [['cookie', toCookie(random, loot)] as [string, string]] : [], ...body.length > 0 && next() < 0.9 ? [['content-type', isJson ? 'application/json' : 'application/x-www-form-urlencoded'] as [string, string]] : [], ...some(4, (): [string, string] => [pick(headerNames), pick(headerValues)])],
    isRaw: next() < 0.05,
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 24 })
const toTarget = ({ path, query }: Case) => `/${path.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`

/** Sends a case. Status 0 means that the connection closed without a response, -1 that it hangs. */
async function send({ origin }: Running, one: Case): Promise<Answer> {
  const { method, headers, body, isRaw } = one
  const bytes = Buffer.from(body.join('')).toString('latin1')
  if (isRaw) {
    const { isHanging, ...answer } = await sendBytes(origin, toBytes(origin, Buffer.from(toTarget(one)).toString('latin1'), { method, headers, body: bytes }), { patience: 15_000 })
    return isHanging ? { ...answer, status: -1 } : answer
  }
  return await new Promise((resolve) => {
    const end = (status: number) => resolve({ status, head: '', body: '' })
    try {
      const merged = Object.fromEntries(headers.filter(([name]) => name !== '__proto__'))
      const outgoing = request(origin, { agent, method, path: encodeURI(toTarget(one).toWellFormed()).replaceAll('%25', '%'), headers: merged, timeout: 15_000 }, async (answer) => {
        const text = Buffer.concat(await answer.toArray()).toString('latin1')
        const lines = answer.rawHeaders.flatMap((name, index) => index % 2 === 0 ? [`${name}: ${answer.rawHeaders[index + 1]}`] : [])
        resolve({ status: answer.statusCode ?? 0, head: lines.join('\n'), body: text })
      })
      outgoing.on('error', () => end(0)).on('timeout', () => {
        outgoing.destroy()
        end(-1)
      }).end(bytes, 'latin1')
    }
    catch {
      // Skips requests that Node's client refuses to write.
      end(0)
    }
  })
}

/** Describes what is wrong with a response, or returns undefined. */
function judge({ origin }: Running, { status, head, body }: Answer): string | undefined {
  if (status === -1) return 'hangs'
  if (status >= 500 && !(status === 503 && /^retry-after/im.test(head))) return `status ${status}`
  const location = /^location: (.*)$/im.exec(head)?.[1]?.trim()
  const isProvider = location?.startsWith('https://github.com/login/oauth/authorize?')
  if (location !== undefined && !isProvider && (!URL.canParse(location, origin) || new URL(location, origin).origin !== origin)) return `redirects to ${location}`
  // OIDC-12: the client may set no parameter of an authorization request.
  if (isProvider && !pending.includes('OIDC-12') && !decodeURIComponent(location ?? '').includes(`redirect_uri=${origin}/api/auth/callback/github`)) return `sends a provider elsewhere: ${location}`
  if (/^x-injected/im.test(head)) return 'an injected header'
  const text = `${head}\n${body}`
  const leaked = canaries.find(canary => findForms(text, canary).length > 0)
  if (leaked) return `leaks ${leaked}`
  if (/"uid":"1"|ADMIN-MARKER/.test(body)) return 'an accepted token'
  return /\bat \S+ \(|node_modules|"stack":"/.test(body) ? 'a stack trace' : undefined
}

/** Reduces a case to the smallest one that still fails. */
async function shrink(server: Running, failing: Case): Promise<Case> {
  let best = failing
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false
    for (const key of ['headers', 'query', 'body', 'path'] as const) {
      for (let at = best[key].length - 1; at >= 0; at--) {
        const smaller = { ...best, [key]: (best[key] as unknown[]).toSpliced(at, 1) } as Case
        if (judge(server, await send(server, smaller)) === undefined) continue
        best = smaller
        isSmaller = true
      }
    }
  }
  return best
}

/** Sends `count` random requests. Throws with the seed and the smallest case on the first wrong response. */
export async function fuzz(server: Running, count: number, seed: number): Promise<Record<string, number>> {
  const random = createRandom(seed)
  const client = new Client(server)
  const loot: Loot = { admin: (await signedIn(server)).sealed(), member: (await signedIn(server, 'grace')).sealed(), csrf: await client.csrf(), cookies: client.cookieHeader() }
  const statuses: Record<string, number> = {}
  for (let sent = 0; sent < count; sent += 48) {
    // Created one after the other and sent together, so the same seed gives the same cases.
    const cases = Array.from({ length: Math.min(48, count - sent) }, () => toCase(random, loot))
    await Promise.all(cases.map(async (one) => {
      const answer = await send(server, one)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      const wrong = judge(server, answer)
      if (wrong) throw new Error(`SEED=${seed}, request ${sent}: ${wrong}\n${JSON.stringify(await shrink(server, one))}\n${answer.head}\n${answer.body.slice(0, 500)}`)
    }))
  }
  return statuses
}
