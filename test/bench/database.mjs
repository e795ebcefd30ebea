// The cost of a session in a database: statements, server CPU and time per request, in turn.
import { createHash } from 'node:crypto'
import { spawn, execFileSync } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'

const root = fileURLToPath(new URL('../..', import.meta.url))
const app = join(root, 'test/fixtures/database')
const rounds = Number(process.env.ROUNDS ?? 7)
const requests = Number(process.env.REQUESTS ?? 2000)
const { startPostgres } = await createJiti(import.meta.url).import('../services/postgres.ts')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function get(origin, path, headers = {}) {
  return new Promise((resolve, reject) => {
    request(origin + path, { agent, headers }, (response) => {
      let body = ''
      response.on('data', chunk => body += chunk).on('end', () => resolve({ status: response.statusCode, body }))
    }).on('error', reject).end()
  })
}

async function start(port, more) {
  const origin = `http://127.0.0.1:${port}`
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), AUTH_URL: origin, AUTH_SECRET: 'KCq0m8l9hTqfYyq5dYk0pGm1p9mJ7QO0b5uW1yq3vXo=', ...more }
  const server = spawn(process.execPath, [join(app, '.output/server/index.mjs')], { env, stdio: 'ignore' })
  for (let tries = 0; tries < 100; tries++) {
    if (await get(origin, '/api/open').then(() => true, () => false)) return { origin, server }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('The server did not start')
}

async function signIn(origin) {
  const toCookies = response => response.headers.getSetCookie().map(pair => pair.split(';')[0])
  const csrf = await fetch(`${origin}/api/auth/csrf`)
  const { csrfToken } = await csrf.json()
  const answer = await fetch(`${origin}/api/auth/callback/credentials`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1', 'cookie': toCookies(csrf).join('; ') }, body: JSON.stringify({ csrfToken, name: 'Ada', password: 'right' }) })
  return toCookies(answer).find(pair => pair.startsWith('authjs.session-token'))
}

/** CPU µs, ms and statements per request. Throws on an unexpected body. */
async function measure(origin, path, headers) {
  const read = async path => JSON.parse((await get(origin, path)).body)
  const [before, statements, begin] = [await read('/api/cpu'), await read('/api/queries'), performance.now()]
  for (let index = 0; index < requests; index++) {
    const answer = await get(origin, path, headers)
    if (answer.status !== 200 || answer.body.replace(/\s/g, '') !== '{"ok":true}') throw new Error(`${path} → ${answer.status} ${answer.body}`)
  }
  const [end, asked, after] = [performance.now(), await read('/api/queries'), await read('/api/cpu')]
  return { cpu: (after.user + after.system - before.user - before.system) / requests, time: (end - begin) * 1000 / requests, asked: (asked - statements) / requests }
}

const median = values => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]

execFileSync(process.execPath, [join(root, 'node_modules/.bin/nuxt'), 'build', app], { cwd: root, stdio: 'ignore' })
const postgres = await startPostgres()
const servers = []
try {
  for (const [index, store] of ['drizzle', 'pg'].entries()) {
    const { origin, server } = await start(4393 + index, { STORE: store, DATABASE_URL: postgres.url })
    servers.push(server)
    const cookie = await signIn(origin)
    const key = createHash('sha256').update(cookie.split('=')[1]).digest('hex')
    const rows = {
      'no session': ['/api/open', {}],
      'the bare statement': [`/api/bare?key=${key}`, {}],
      'requireSession': ['/api/required', { cookie }],
    }
    const results = Object.fromEntries(Object.keys(rows).map(name => [name, []]))
    for (const row of Object.values(rows)) await measure(origin, ...row)
    for (let round = 0; round < rounds; round++) {
      for (const [name, row] of Object.entries(rows)) results[name].push(await measure(origin, ...row))
    }
    for (const [name, values] of Object.entries(results)) {
      const [cpu, time, asked] = ['cpu', 'time', 'asked'].map(key => median(values.map(value => value[key])))
      process.stdout.write(`${store.padEnd(8)} ${name.padEnd(20)} CPU ${cpu.toFixed(0).padStart(4)} µs  time ${time.toFixed(0).padStart(4)} µs  statements ${asked.toFixed(2)}\n`)
    }
  }
}
finally {
  for (const server of servers) server.kill()
  await postgres.remove()
}
