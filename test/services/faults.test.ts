import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Visitor } from '../e2e/app'
import { ScriptedProvider } from '../e2e/scripted-provider'
import { cookieName } from '../e2e/sessions'
import { expectTable, toWord } from './fault-table'
import type { Row } from './fault-table'
import { faults, startFaults } from './faults'
import type { Fault } from './faults'
import type { Instance } from './instances'
import { expectPrompt, findUncaught } from './kills'
import { startProvider } from './provider'
import { meet, places, providerFaults } from './provider-faults'
import type { Meeting, Place } from './provider-faults'
import { sleep } from './random'
import { startRedis } from './redis'
import type { Redis } from './redis'
import { setupSoakApp, signIn, startSoakApp } from './soak-app'
import { createExpired } from './watchers'

const provider = await startProvider()
await setupSoakApp()
afterAll(() => provider.remove())

const rows = new Map<string, Row>()
const all = [...faults, 'frozen', 'kill -9'] as const

/** Starts a Redis behind a faulty proxy, with functions that begin and end the fault. */
async function startBroken(fault: typeof all[number]) {
  const redis = await startRedis()
  const proxy = await startFaults(redis.port)
  const set = (next: Fault) => async () => proxy.set(next)
  const [begin, end] = fault === 'frozen' ? [async () => redis.freeze(), async () => redis.thaw()] : fault === 'kill -9' ? [redis.kill, redis.start] : [set(fault), set('pass')]
  return { begin, end, url: `redis://127.0.0.1:${proxy.port}`, remove: async () => {
    await proxy.close()
    await redis.remove()
  } }
}

async function timed(ask: () => Promise<Response>): Promise<{ status: number, text: string, cookies: string[], milliseconds: number }> {
  const begun = Date.now()
  const answer = await ask()
  return { status: answer.status, text: await answer.text(), cookies: answer.headers.getSetCookie(), milliseconds: Date.now() - begun }
}

describe('Redis, with sessions that can be ended', () => {
  it.concurrent.each(all)('ADP-01 %s never opens a guard, ends a session or delays a 503 by more than 3 seconds, and recovers within 5', { timeout: 60_000 }, async (fault) => {
    const network = await startBroken(fault)
    const app = await startSoakApp({ REDIS_URL: network.url, IDP_URL: provider.url })
    const [member, leaver, expired] = [await signIn(app, 'member'), await signIn(app, 'leaver'), await createExpired(app.url)]
    const { csrfToken } = await leaver.json<{ csrfToken: string }>('/api/auth/csrf')
    const asks: Record<string, () => Promise<Response>> = {
      api: () => member.fetch('/api/me'),
      session: () => member.fetch('/api/auth/session'),
      tokens: () => expired.fetch('/api/reports'),
      member: () => member.fetch('/member'),
      stranger: () => fetch(`${app.url}/api/me`),
      signIn: () => new Visitor(app.url).signIn({ owner: 'new', lifetime: '3600' }),
    }
    const seen: Record<string, Awaited<ReturnType<typeof timed>>[]> = {}
    await network.begin()
    const rounds = async () => {
      for (let round = 0; round < 2; round++)
        await Promise.all(Object.entries(asks).map(async ([name, ask]) => (seen[name] ??= []).push(await timed(ask))))
    }
    const leave = () => leaver.fetch('/api/auth/signout', { method: 'POST', body: JSON.stringify({ csrfToken }), headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1' } })
    const [left, page] = await Promise.all([timed(leave), timed(() => member.fetch('/')), rounds()])
    await network.end()
    const back = Date.now()
    while (toWord((await Promise.all([asks.api!(), asks.tokens!(), asks.signIn!()])).map(({ status }) => status)) !== '200') {
      expect(Date.now() - back).toBeLessThan(5000)
      await sleep(50)
    }
    const recovery = Date.now() - back
    const answers = Object.values(seen).flat()
    const longest = Math.max(left.milliseconds, ...answers.map(({ milliseconds }) => milliseconds))
    const word = (name: string) => toWord(seen[name]!.map(({ status }) => status))
    rows.set(fault, { fault, seen: [word('api'), word('session'), word('tokens'), word('member'), `${page.status}${page.text.includes('Signed out') ? ', as signed out' : ''}`, word('stranger'), word('signIn'), String(left.status)], longest, recovery })
    expectPrompt(longest, Math.max(...seen.stranger!.map(({ milliseconds }) => milliseconds)))
    expect(answers.flatMap(({ cookies }) => cookies).filter(cookie => cookie.startsWith(cookieName))).toEqual([])
    expect([leaver.cookies.has(cookieName), app.isRunning, findUncaught(app.output)]).toEqual([false, true, null])
    await app.kill()
    await network.remove()
  })

  it('matches the results in docs/faults.md', () => {
    expectTable('redis', ['Redis', 'API that needs a session', '`/api/auth/session`', 'API that needs provider tokens', 'page that needs a session', 'page that does not', 'API without a session', 'sign-in', 'sign-out'], all.map(fault => rows.get(fault)!))
  })
})

describe('an identity provider', () => {
  // One after the other, except faults that take 8 seconds each.
  const known = Object.fromEntries(providerFaults.map(([fault, kind]) => [fault, kind === 'hang' || kind === 'drip' ? places.map(() => new ScriptedProvider()) : [new ScriptedProvider()]]))
  const providers = Object.values(known).flat()
  const met = new Map<string, Meeting[]>()
  let app: Instance
  let redis: Redis

  beforeAll(async () => {
    redis = await startRedis()
    await Promise.all(providers.map(each => each.start()))
    const variables = providers.map((each, index) => each.toEnv(`broken${index}`))
    app = await startSoakApp(Object.assign({ REDIS_URL: redis.url, IDP_URL: provider.url, BROKEN_ISSUERS: providers.map(({ issuer }) => issuer).join(' ') }, ...variables))
  })
  afterAll(async () => {
    await Promise.all(providers.map(each => each.stop()))
    await redis.remove()
  })

  it.concurrent.each(providerFaults)('OIDC-10 OIDC-11 that %s never signs anybody in or out, and never delays a response by more than 10 seconds', { timeout: 120_000 }, async (fault, kind) => {
    const own = known[fault]!.map(each => ({ id: `broken${providers.indexOf(each)}`, provider: each }))
    const meetings: Meeting[] = []
    const run = async (place: Place, index: number) => void (meetings[index] = await meet(app.url, own[index % own.length]!, place, kind))
    if (own.length > 1) await Promise.all(places.map(run))
    else for (const [index, place] of places.entries()) await run(place, index)
    met.set(fault, meetings)
    expect(meetings.map(({ seen }) => seen)).not.toContainEqual(expect.stringMatching(/well|signed/))
    expect(Math.max(...meetings.map(({ milliseconds }) => milliseconds))).toBeLessThan(10_000)
    // Each session asks its provider once in 5 seconds (docs/refresh.md), plus the time of the response.
    expect(Math.max(...meetings.map(({ recovery }) => recovery))).toBeLessThan(5500)
    expect([app.isRunning, findUncaught(app.output)]).toEqual([true, null])
  })

  it('matches the results in docs/faults.md', () => {
    const rows = providerFaults.map(([fault]) => ({ fault, meetings: met.get(fault)! }))
    const longest = (times: number[]) => Math.max(...times)
    expectTable('provider', ['The provider', 'when a sign-in begins', 'discovery', 'token', 'keys', 'userinfo', 'when tokens are due'], rows.map(({ fault, meetings }) =>
      ({ fault, seen: meetings.map(({ seen }) => seen), longest: longest(meetings.map(({ milliseconds }) => milliseconds)), recovery: longest(meetings.map(({ recovery }) => recovery)) })))
  })
})
