import PostgresAdapter from '@auth/pg-adapter'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { current } from '../unit/definition-module'
import { Visitor } from '../unit/visitor'
import { startPostgres } from './postgres'

const cookieName = '__Host-authjs.session-token'
const rounds = Number(process.env.ROUNDS ?? 1000)
const postgres = await startPostgres()
const pool = new pg.Pool({ connectionString: postgres.url, max: 20 })
// Ignores connections that close with the server, after the last test.
pool.on('error', () => {})
const sent: URL[] = []

beforeAll(async () => {
  await postgres.query('create table verification_token (identifier text not null, expires timestamptz not null, token text not null, primary key (identifier, token))')
  await postgres.query('create table sessions (id serial primary key, "userId" integer not null, expires timestamptz not null, "sessionToken" text not null unique)')
  await postgres.query('create table users (id serial primary key, name text, email text unique, "emailVerified" timestamptz, image text)')
  await postgres.query('insert into users (name, email) select n, n || \'@app.example\' from generate_series(1, $1::int) n', [rounds])
  vi.stubEnv('AUTH_SECRET', 'x7Zk1mT0aQz8vB2nC4rE6tY9uI3oP5sD')
  vi.stubEnv('AUTH_URL', 'https://app.example')
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const mail = { id: 'email', type: 'email', name: 'E-mail', maxAge: 600, sendVerificationRequest: ({ url }: { url: string }) => void sent.push(new URL(url)) }
  current.definition = { providers: [mail], adapter: PostgresAdapter(pool) }
})
afterAll(async () => {
  await pool.end()
  await postgres.remove()
})

it(`ADP-07 never lets more than one of 20 parallel visits use a link, ${rounds} times`, { timeout: 600_000 }, async () => {
  let winners = 0
  for (let round = 1; round <= rounds; round++) {
    await new Visitor().post('/api/auth/signin/email', { email: `${round}@app.example` })
    const link = sent.at(-1)!
    const visitors = Array.from({ length: 20 }, () => new Visitor())
    await Promise.all(visitors.map(visitor => visitor.get(link.pathname + link.search)))
    winners += visitors.filter(visitor => visitor.cookies.has(cookieName)).length
  }
  expect(winners).toBe(rounds)
  expect(await postgres.query('select count(*)::int as count, count(distinct "userId")::int as users from sessions')).toEqual([{ count: rounds, users: rounds }])
  expect(await postgres.query('select * from verification_token')).toEqual([])
})
