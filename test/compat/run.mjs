// Tests the built package with another Nuxt, as in an app: install, type-check, build, start, sign in.
// `node test/compat/run.mjs nuxt4`. Last line: `N passed, N failed`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkApp } from './visit.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const host = process.argv[2] === 'nuxt5' ? 'nuxt5' : 'nuxt4'
const app = fileURLToPath(new URL(host, import.meta.url))
const secret = 'f2Wm0pN4hTqfYyq5dYk0pGm1p9mJ7QO0b5uW1yq3vXo='
const counts = { passed: 0, failed: 0 }

/** The environment without variables that would configure the app. */
const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:AUTH_|NUXT_|NITRO_|NODE_ENV$|HOST$|PORT$|npm_)/.test(name)))
const env = { ...inherited, CI: 'true', NUXT_TELEMETRY_DISABLED: '1' }

/** Checks one promise of the package: prints and counts it, with the reason if it fails. */
async function check(name, run) {
  const start = Date.now()
  const error = await Promise.resolve().then(run).then(() => undefined, error => error)
  counts[error ? 'failed' : 'passed']++
  console.log(`${error ? '✗' : '✓'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
  if (error) console.log(String(error.message ?? error).replace(/^/gm, '    '))
  return !error
}

/** Runs a command. Throws its output if it fails or takes longer than five minutes. */
async function run(command, args, cwd) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  const timer = setTimeout(() => child.kill('SIGKILL'), 300_000)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output += chunk)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${signal ?? code}\n${output}`)
  return output
}

async function getFreePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Serves the build on loopback while `use` runs, and stops it. */
async function serve(use) {
  const port = await getFreePort()
  const origin = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, ['.output/server/index.mjs'], {
    cwd: app,
    env: { ...env, HOST: '127.0.0.1', PORT: String(port), AUTH_SECRET: secret, AUTH_URL: origin, AUTH_GITHUB_ID: 'client', AUTH_GITHUB_SECRET: 'client-secret' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => log += chunk)
  try {
    if (await check('starts', () => waitFor(origin, child, () => log))) await use(origin)
    await check('never logs a token, a password or the secret', () => refuse(log, ['CANARY', 'lovelace', 'jackson', secret]))
  }
  finally {
    if (child.exitCode === null) {
      child.kill()
      await once(child, 'exit')
    }
  }
}

async function waitFor(origin, child, getLog) {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) break
    const response = await fetch(`${origin}/api/auth/session`).catch(() => undefined)
    if (response?.ok) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`The server does not answer.\n${getLog()}`)
}

/** Nuxt 5 runs the app of Nuxt 4, plus the one import that it no longer adds automatically. */
function copyApp() {
  for (const folder of ['app', 'server']) {
    rmSync(join(app, folder), { recursive: true, force: true })
    cpSync(fileURLToPath(new URL(`nuxt4/${folder}`, import.meta.url)), join(app, folder), { recursive: true })
  }
  for (const file of ['api/me.get.ts', 'api/reports.get.ts', 'api/ruled/x.get.ts', 'types.check.ts']) {
    const path = join(app, 'server', file)
    writeFileSync(path, `import { defineEventHandler } from 'nuxt/server'\n\n${readFileSync(path, 'utf8')}`)
  }
}

function requireNode() {
  if (Number.parseInt(process.versions.node) < 22) throw new Error(`Nuxt 4.5 and later need Node 22.19; this is ${process.version}.`)
}

function refuse(text, words) {
  const found = words.find(word => text.includes(word))
  if (found) throw new Error(`${found} is in:\n${text.slice(0, 2000)}`)
}

function readAll(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

/** Checks that the client bundle contains no server code: sign-in form fields, `authorize` or callbacks. */
function checkBundle() {
  const bundle = readAll(join(app, '.output/public'))
  if (!bundle.includes('ADMIN-MARKER')) throw new Error('The client bundle is not where this check looks.')
  refuse(bundle, ['CANARY', 'findAccount', 'lovelace', 'accessToken', 'github.com/login', 'A256CBC'])
}

/** Checks the package's own and generated declarations, for apps that also check libraries. Errors in Nuxt's declarations are ignored. */
async function checkDeclarations() {
  const outputs = await Promise.all(['app', 'server'].map((context) => {
    const strict = ['--no-install', 'vue-tsc', '--noEmit', '-p', `.nuxt/tsconfig.${context}.json`, '--skipLibCheck', 'false']
    return run('npx', strict, app).catch(error => error.message)
  }))
  const own = outputs.join('\n').split('\n').filter(line => /^[^(]*(?:node_modules\/nuxt-authjs\/|types\/nuxt-authjs)[^(]*\(/.test(line))
  if (own.length > 0) throw new Error(own.join('\n'))
}

async function main() {
  if (!await check('runs on Node 22 or newer', requireNode)) return
  if (host === 'nuxt5') copyApp()
  if (!await check('builds the package', () => run('npm', ['run', 'build'], root))) return
  rmSync(join(app, '.nuxt'), { recursive: true, force: true })
  rmSync(join(app, '.output'), { recursive: true, force: true })
  if (!await check('installs from its lockfile', () => run('npm', ['ci', '--no-audit', '--no-fund'], app))) return
  if (!await check('prepares', () => run('npx', ['--no-install', 'nuxt', 'prepare'], app))) return
  await check('types the app, and refuses the errors in types.check.ts', () => run('npx', ['--no-install', 'nuxt', 'typecheck'], app))
  await check('has no type errors in its declarations', checkDeclarations)
  if (!await check('builds the app', () => run('npx', ['--no-install', 'nuxt', 'build'], app))) return
  await check('never puts server code into the client bundle', checkBundle)
  await serve(origin => checkApp(origin, check, { hasRouteRules: host !== 'nuxt5' }))
}

await main()
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed > 0 ? 1 : 0
