// What a guard costs: CPU of the server per request, at the same route with and without a rule, in turn.
import { spawn, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rounds = Number(process.env.ROUNDS ?? 7)
const requests = Number(process.env.REQUESTS ?? 4000)
const handler = body => `export default defineEventHandler(${body})`

/** Two apps that differ in their rules alone. */
function writeApp(name, routeRules) {
  const cache = join(root, 'node_modules/.cache/nuxt-authjs-bench')
  mkdirSync(cache, { recursive: true })
  const dir = mkdtempSync(join(cache, `${name}-`))
  const files = {
    'package.json': '{ "private": true, "type": "module" }',
    'nuxt.config.ts': `export default defineNuxtConfig({ modules: [${JSON.stringify(`${root}src/module`)}], compatibilityDate: '2026-11-01', routeRules: ${JSON.stringify(routeRules)} })`,
    'app.vue': '<template><p>x</p></template>',
    'server/auth.ts': `export default defineAuth({ providers: [credentials({ credentials: { name: {} }, authorize: ({ name }) => ({ id: '1', name, role: 'admin' as const }) })], extend: { token: ({ user }) => ({ role: user.role }), session: ({ token }) => ({ role: token.role }) } })`,
    'server/api/open/x.get.ts': handler('() => ({ ok: true })'),
    'server/api/ruled/x.get.ts': handler('() => ({ ok: true })'),
    'server/api/required.get.ts': handler('async (event) => { await requireSession(event, { match: { role: \'admin\' } }); return { ok: true } }'),
    'server/api/cpu.get.ts': handler('() => process.cpuUsage()'),
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), text)
  }
  execFileSync(process.execPath, [join(root, 'node_modules/.bin/nuxt'), 'build', dir], { cwd: root, stdio: 'ignore' })
  return dir
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function get(origin, path, headers = {}) {
  return new Promise((resolve, reject) => {
    request(origin + path, { agent, headers }, (response) => {
      let body = ''
      response.on('data', chunk => body += chunk).on('end', () => resolve({ status: response.statusCode, body, headers: response.headers }))
    }).on('error', reject).end()
  })
}

async function start(dir, port) {
  const origin = `http://127.0.0.1:${port}`
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), AUTH_URL: origin, AUTH_SECRET: 'KCq0m8l9hTqfYyq5dYk0pGm1p9mJ7QO0b5uW1yq3vXo=' }
  const server = spawn(process.execPath, [join(dir, '.output/server/index.mjs')], { env, stdio: 'ignore' })
  for (let tries = 0; tries < 100; tries++) {
    if (await get(origin, '/api/open/x').then(() => true, () => false)) return { origin, server }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('The server did not start')
}

async function signIn(origin) {
  const toCookies = response => response.headers.getSetCookie().map(pair => pair.split(';')[0])
  const csrf = await fetch(`${origin}/api/auth/csrf`)
  const { csrfToken } = await csrf.json()
  const answer = await fetch(`${origin}/api/auth/callback/credentials`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-auth-return-redirect': '1', 'cookie': toCookies(csrf).join('; ') }, body: JSON.stringify({ csrfToken, name: 'Ada' }) })
  return toCookies(answer).filter(pair => pair.startsWith('authjs.session-token')).join('; ')
}

/** CPU µs of the server per request. A body that is not the expected one doesn't count: it throws. */
async function measure(origin, path, headers, status) {
  const cpu = async () => JSON.parse((await get(origin, '/api/cpu')).body)
  const before = await cpu()
  for (let index = 0; index < requests; index++) {
    const answer = await get(origin, path, headers)
    if (answer.status !== status || (status === 200 && answer.body.replace(/\s/g, '') !== '{"ok":true}')) throw new Error(`${path} → ${answer.status} ${answer.body}`)
  }
  const after = await cpu()
  return (after.user + after.system - before.user - before.system) / requests
}

const median = values => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]

const dirs = [writeApp('plain', {}), writeApp('ruled', { '/api/ruled/**': { auth: { match: { role: 'admin' } } } })]
const plain = await start(dirs[0], 4391)
const ruled = await start(dirs[1], 4392)
try {
  const cookie = await signIn(ruled.origin)
  const rows = {
    'no rule in the app': [plain.origin, '/api/open/x', {}, 200],
    'no rule in the app, signed in': [plain.origin, '/api/open/x', { cookie }, 200],
    'an unguarded route beside rules': [ruled.origin, '/api/open/x', {}, 200],
    'a guarded route, signed in': [ruled.origin, '/api/ruled/x', { cookie }, 200],
    'a guarded route, anonymous': [ruled.origin, '/api/ruled/x', {}, 401],
    'requireSession, signed in': [plain.origin, '/api/required', { cookie: await signIn(plain.origin) }, 200],
  }
  const results = Object.fromEntries(Object.keys(rows).map(name => [name, []]))
  for (const row of Object.values(rows)) await measure(...row)
  for (let round = 0; round < rounds; round++) {
    for (const [name, row] of Object.entries(rows)) results[name].push(await measure(...row))
  }
  const base = median(results['no rule in the app, signed in'])
  for (const [name, values] of Object.entries(results)) {
    process.stdout.write(`${name.padEnd(34)} median ${median(values).toFixed(1)} µs  (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})  ${(median(values) - base >= 0 ? '+' : '') + (median(values) - base).toFixed(1)} µs\n`)
  }
}
finally {
  for (const { server } of [plain, ruled]) server.kill()
  for (const dir of dirs) rmSync(dir, { recursive: true })
}
