import { afterAll, describe, expect, it } from 'vitest'
import { Visitor } from '../e2e/app'
import type { Instance } from './instances'
import { expectPrompt, expectSurvived, killAtRandom, kills } from './kills'
import type { Victim, Watcher } from './kills'
import { startProvider } from './provider'
import { seed, toRandom } from './random'
import { startRedis } from './redis'
import { setupSoakApp, signIn, startSoakApp } from './soak-app'
import { toExpired, toLeaver, toMember, toStranger } from './watchers'

// Each command is on disk before its response. Without that a killed Redis loses sign-outs (docs/revocation.md), but never sessions.
const redis = await startRedis({ durable: true })
const provider = await startProvider({ isLenient: true })
await setupSoakApp()
afterAll(() => Promise.all([redis.remove(), provider.remove()]))

const env = { REDIS_URL: redis.url, IDP_URL: provider.url }
const random = toRandom()
const options = { timeout: 60_000 + kills * 10_000 }

/** One signed-in user for each of `paths`, alternately on each instance. The tokens of those at `/api/reports` are due every one or two seconds. */
async function toMembers(instances: Instance[], paths: string[], meanwhile: number[]): Promise<Watcher[]> {
  return await Promise.all(paths.map(async (path, index) => toMember(await signIn(instances[index % instances.length]!, `${path}-${index}`.replace(/\W/g, ''), path === '/api/reports' ? 32 : 3600), path, meanwhile)))
}

describe(`killed ${kills} times under load, seed ${seed}`, () => {
  it('ADP-01 ADP-13 Redis never opens a guard, ends a session or loses an answered sign-out', options, async () => {
    const instances = await Promise.all([startSoakApp(env), startSoakApp(env)])
    const leaver = async () => await signIn(random.pick(instances), 'leaver').catch((error: Error) => Number(error.message.slice(-3)))
    const watchers = [
      ...await toMembers(instances, ['/api/me', '/api/auth/session', '/', '/member', '/api/me', '/api/auth/session', '/api/reports', '/api/reports'], [503]),
      { ...(await toMembers(instances, ['/api/admin'], []))[0]!, name: 'wrong role', well: 403, meanwhile: [503] },
      toStranger(instances[0]!.url, '/api/me'),
      toStranger(instances[1]!.url, '/member', 302),
      ...instances.map(({ url }) => toExpired(url)),
      ...toLeaver(leaver, random),
    ]
    const report = await killAtRandom(redis, watchers, random)
    expectSurvived('Redis', report, instances)
    expectPrompt(report.longest, report.stranger)
  })

  it('OIDC-10 ADP-13 the identity provider never ends a session, gets a refresh token twice or signs in a user while it is down', options, async () => {
    const instances = await Promise.all([startSoakApp(env), startSoakApp(env)])
    const before = await provider.getSeen()
    const watchers = [
      ...await toMembers(instances, ['/api/me', '/', '/api/auth/session'], []),
      ...await toMembers(instances, ['/api/reports', '/api/reports'], [502]),
      ...instances.flatMap(({ url }) => [toExpired(url), toExpired(url), toExpired(url)]),
      toStranger(instances[0]!.url, '/api/reports'),
      { name: 'sign-in', well: 200, meanwhile: [503], requests: 4, ask: () => signInAtProvider(random.pick(instances)) },
    ]
    const report = await killAtRandom(provider, watchers, random, { burst: 5 })
    const seen = await provider.getSeen()
    console.warn(JSON.stringify(seen))
    expect(seen.reuses).toBe(0)
    expect(seen.refreshes - before.refreshes).toBeGreaterThan(kills)
    // Each session asks its provider once in 5 seconds (docs/refresh.md), plus the time of the response.
    expectSurvived('identity provider', report, instances, 5500)
  })

  it('CON-03 ADP-13 one instance of the app never ends a session: the other serves all users', options, async () => {
    let victim = await startSoakApp(env)
    const other = await startSoakApp(env)
    const doomed: Victim = { kill: () => victim.kill(), start: async () => void (victim = await startSoakApp(env)) }
    // 0 is a failed connection, after which a load balancer asks the other instance.
    const askVictim = (cookie: string) => fetch(`${victim.url}/api/me`, { headers: { cookie } }).catch(() => 0)
    const cookie = (await signIn(victim, 'victim')).cookieHeader()
    const watchers = [
      ...await toMembers([other], ['/api/me', '/', '/api/auth/session'], []),
      { name: 'member of both', well: 200, meanwhile: [0], ask: () => askVictim(cookie) },
      { name: 'member of both, at the other', well: 200, meanwhile: [], ask: () => fetch(`${other.url}/api/me`, { headers: { cookie } }) },
      { name: 'stranger', well: 401, meanwhile: [0], ask: () => askVictim('') },
      ...toLeaver(() => signIn(other, 'leaver'), random),
    ]
    expectSurvived('instance', await killAtRandom(doomed, watchers, random), [other, victim])
  })
})

/** A complete sign-in. Resolves to 200 if the user is signed in afterwards, to 503 if the app reports an outage. */
async function signInAtProvider({ url }: Instance): Promise<number> {
  const visitor = new Visitor(url)
  const begun = await visitor.post('/api/auth/signin/idp', {})
  if (begun.status !== 200) return begun.status
  const { url: at } = await begun.json() as { url: string }
  const visited = await fetch(`${at}&owner=visitor&lifetime=3600`, { redirect: 'manual' }).catch(() => undefined)
  // The browser would show its own error page.
  if (!visited) return 503
  const back = new URL(visited.headers.get('location') ?? '')
  const { headers } = await visitor.fetch(back.pathname + back.search)
  const isIn = (await visitor.fetch('/api/me')).status === 200
  if (isIn === /error=/.test(headers.get('location') ?? '')) return 500
  return isIn ? 200 : 503
}
