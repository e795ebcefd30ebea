import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setupApp, Visitor } from '../e2e/app'
import { startServer } from '../e2e/server'
import type { Server } from '../e2e/server'
import { expectTable } from './fault-table'
import type { Row } from './fault-table'
import { faults, startFaults } from './faults'
import type { Faults } from './faults'
import { kills } from './kills'
import { startPostgres } from './postgres'
import { killPostgres } from './postgres-kills'
import { seed } from './random'

const cookieName = 'authjs.session-token'
/** Shared by both adapters: it is the same PostgreSQL. */
const times = Math.ceil(kills / 2)
const rows: Row[] = []
const postgres = await startPostgres()
afterAll(() => postgres.remove())

await setupApp('database', { env: { STORE: 'drizzle', DATABASE_URL: postgres.url } })

async function signedIn(server: Server, name = 'Ada'): Promise<Visitor> {
  const visitor = new Visitor(server.origin)
  expect((await visitor.signIn({ name, password: 'right' })).status).toBe(200)
  return visitor
}

const toToken = (visitor: Visitor) => visitor.cookies.get(cookieName) ?? ''
const ask = async ({ origin }: Server, token: string, path = '/api/me') => await fetch(origin + path, { headers: { cookie: `${cookieName}=${token}` } })
const toKey = (token: string) => createHash('sha256').update(token).digest('hex')

describe.each([{ store: 'drizzle', sessions: 'session' }, { store: 'pg', sessions: 'sessions' }])('sessions in PostgreSQL through $store', ({ store, sessions }) => {
  let one: Server
  let two: Server
  const env = { STORE: store, DATABASE_URL: postgres.url }
  const countSessions = async () => Number((await postgres.query<{ count: string }>(`select count(*) from ${sessions}`))[0]?.count)

  beforeAll(async () => {
    [one, two] = await Promise.all([startServer(env), startServer({ ...env, UPDATE_AGE: '0' })])
  })
  afterAll(async () => void await Promise.all([one.stop(), two.stop()]))

  it('CON-03, SES-13 are valid on every instance, and end on every instance at once', async () => {
    const visitor = await signedIn(one)
    expect(await (await ask(two, toToken(visitor))).json()).toMatchObject({ user: { name: 'Ada' }, role: 'admin' })
    const token = toToken(visitor)
    await visitor.post('/api/auth/signout', {})
    expect((await ask(two, token)).status).toBe(401)
  })

  it('REF-10 are never stored as a plaintext token', async () => {
    const visitor = await signedIn(one)
    const dump = JSON.stringify(await postgres.query(`select * from ${sessions}`))
    expect(dump).not.toContain(toToken(visitor))
    expect(dump).toContain(toKey(toToken(visitor)))
  })

  it('ADP-04 never survive a sign-out during a renewal, 200 times, on two instances', async () => {
    const visitors = await Promise.all(Array.from({ length: 200 }, (_, index) => signedIn(one, `user-${index % 40 + 2}`)))
    const tokens = visitors.map(toToken)
    // The second instance renews on every read.
    await Promise.all(visitors.flatMap((visitor, index) => [ask(two, tokens[index]!), visitor.post('/api/auth/signout', {}), ask(two, tokens[index]!)]))
    const rows = await postgres.query(`select 1 from ${sessions} where "sessionToken" = any($1)`, [tokens.map(toKey)])
    expect(rows).toEqual([])
    expect(new Set(await Promise.all(tokens.map(async token => (await ask(two, token)).status)))).toEqual(new Set([401]))
  })

  it('ADP-06 are removed once they have expired, by the documented clean-up or when they are read', async () => {
    const user = store === 'pg' ? 1 : '1'
    const before = await countSessions()
    const tokens = Array.from({ length: 1000 }, () => randomBytes(32).toString('base64url'))
    await postgres.query(`insert into ${sessions} ("sessionToken", "userId", expires) select unnest($1::text[]), $2, now() at time zone 'utc' - interval '1 minute'`, [tokens.map(toKey), user])
    expect((await ask(one, tokens[0]!)).status).toBe(401)
    expect(await countSessions()).toBe(before + 999)
    expect(await (await fetch(`${one.origin}/api/cleanup`, { method: 'POST' })).json()).toBe(999)
    expect(await countSessions()).toBe(before)
  })

  it.each([0, 1, 2])('ADP-09 never outlive a user with %i accounts', async (count) => {
    const name = `user-${45 + count}`
    const visitors = await Promise.all([1, 2, 3].map(() => signedIn(one, name)))
    const [{ id } = { id: '' }] = await postgres.query<{ id: string }>(`select id from ${store === 'pg' ? 'users' : '"user"'} where name = $1`, [name])
    const accounts = store === 'pg' ? 'accounts' : 'account'
    for (let index = 0; index < count; index++) await postgres.query(`insert into ${accounts} ("userId", type, provider, "providerAccountId") values ($1, 'oauth', $2, $3)`, [id, `idp-${index}`, name])
    await visitors[0]?.fetch('/api/me', { method: 'DELETE' })
    for (const table of [sessions, accounts]) expect(await postgres.query(`select * from ${table} where "userId" = $1`, [id]), table).toEqual([])
    for (const visitor of visitors) expect((await ask(two, toToken(visitor))).status).toBe(401)
  })

  // Every answered sign-in and sign-out is committed, and survives a kill.
  it(`ADP-13 never end, pass a guard without a session or crash the app when the server is killed ${times} times under load (seed ${seed}), and recover within 5 seconds`, { timeout: 60_000 + times * 10_000 }, async () => {
    const { report, members } = await killPostgres(postgres, [one, two], times, `PostgreSQL through ${store}`)
    // Users with a session got 503 during the outage, and nothing else.
    if (store === 'drizzle') rows.push({ fault: 'kill -9', seen: ['503', '503'], longest: report.longest, recovery: Math.max(...report.recoveries) })
    // The pool lost no connection, and left none open.
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(one, toToken(members[0]!))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const [{ count } = { count: '' }] = await postgres.query<{ count: string }>('select count(*) from pg_stat_activity where client_port is not null and pid <> pg_backend_pid()')
    expect(Number(count)).toBeLessThanOrEqual(30)
  })
})

// A driver with a time limit gives up first; without one, this module does.
const cases = [...faults.map(fault => ({ fault, limit: '1500' })), ...faults.slice(1, 4).map(fault => ({ fault, limit: '0' }))]

describe.each(cases)('a database with the fault $fault, and a driver with the time limit $limit', ({ fault, limit }) => {
  let proxy: Faults
  let server: Server
  beforeAll(async () => {
    proxy = await startFaults(postgres.port)
    server = await startServer({ STORE: 'drizzle', DATABASE_TIMEOUT: limit, DATABASE_URL: postgres.url.replace(`:${postgres.port}/`, `:${proxy.port}/`) })
  })
  afterAll(async () => {
    await server.stop()
    await proxy.close()
  })

  it('ADP-01 never opens a guard, deletes a cookie or delays a 503 by more than three seconds, and recovers within five', async () => {
    const token = toToken(await signedIn(server))
    proxy.set(fault)
    let longest = 0
    for (let round = 0; round < 3; round++) {
      const start = Date.now()
      const [answer, session] = await Promise.all([ask(server, token), ask(server, token, '/api/auth/session')])
      longest = Math.max(longest, Date.now() - start)
      expect(longest).toBeLessThan(3000)
      expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('set-cookie')]).toEqual([503, '5', null])
      expect([session.status, session.headers.get('set-cookie')]).toEqual([503, null])
      // LEAK-07: only the server's log has the reason.
      expect(await answer.text() + await session.text()).not.toMatch(/select|postgres|ECONN|timeout|CANARY/i)
    }
    proxy.set('pass')
    const back = Date.now()
    while ((await ask(server, token)).status !== 200) expect(Date.now() - back).toBeLessThan(5000)
    rows.push({ fault: limit === '0' ? `${fault}, to a driver without a time limit` : fault, seen: ['503', '503'], longest, recovery: Date.now() - back })
    expect(server.child.exitCode).toBeNull()
  })
})

it('ADP-01 matches the results in docs/faults.md', () => {
  expectTable('postgres', ['PostgreSQL', 'API that needs a session', '`/api/auth/session`'], rows)
})
