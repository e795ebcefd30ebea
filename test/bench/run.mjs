// `npm run bench`: installs, builds, measures, prints tables and writes results.json.
// `npm run bench -- --only compare,decode --rounds 7 --seconds 1 --soak 60 --apps none,ours --ready` (`--ready`: built already).
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { apps, folder, getApp, getName, getVersion } from './apps.mjs'
import { renderComparison, renderDecode, renderGrowth, renderProfile, renderRequests, renderSoak } from './report.mjs'
import { isPinned, pinLoad } from './server.mjs'

const { values } = parseArgs({ options: {
  only: { type: 'string', default: 'decode,browser,compare,growth,soak' },
  apps: { type: 'string', default: apps.map(({ id }) => id).join(',') },
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '0.8' },
  soak: { type: 'string', default: '600' },
  ready: { type: 'boolean', default: false },
} })
const root = fileURLToPath(new URL('../..', import.meta.url))
const target = `${folder}results.json`
process.setMaxListeners(100)
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), log: line => console.error(line) }
const left = []

/** The surroundings without anything that would configure an app from outside. */
const env = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:AUTH_|NUXT_|NITRO_|NODE_ENV$|HOST$|PORT$|npm_)/.test(name))), CI: 'true', NUXT_TELEMETRY_DISABLED: '1' }

/** Runs a command to its end. Throws its output when it fails. */
async function run(command, args, cwd) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output += chunk)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd}: ${code}\n${output}`)
}

/** The module as it would be published, and every app as it would be deployed. */
async function prepare() {
  options.log('building the module')
  await run('npm', ['run', 'build'], root)
  options.log('installing the apps')
  await run('npm', ['ci', '--no-audit', '--no-fund'], folder)
  for (const { id, dir } of apps) {
    options.log(`building ${id}`)
    await run(process.execPath, [`${folder}node_modules/nuxt/bin/nuxt.mjs`, 'build'], dir).catch((error) => {
      if (id === 'none' || id === 'ours') throw error
      options.log(error.message)
    })
  }
}

/** The apps that are asked for and built. Which are not is said. */
function getIds() {
  const wanted = ['none', 'ours', ...values.apps.split(',').filter(id => id !== 'none' && id !== 'ours')]
  const isBuilt = id => existsSync(`${getApp(id).dir}/.output/server/index.mjs`)
  left.push(...wanted.filter(id => !isBuilt(id)).map(id => getName(getApp(id))))
  return wanted.filter(isBuilt)
}

function describeMachine() {
  return {
    date: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim(),
    node: process.version,
    nuxt: getVersion('nuxt'),
    cpu: `${cpus().length} × ${cpus()[0].model}`,
    memory: `${(totalmem() / 1e9).toFixed(0)} GB`,
    system: `${process.platform} ${release()}`,
    isPinned,
    load: loadavg().map(value => value.toFixed(2)).join(' '),
    ...options,
    left,
  }
}

/** Each part: what measures it, and what shows it. */
const parts = {
  decode: [async () => (await import('./decode.mjs')).measureDecode(options), renderDecode],
  browser: [async ids => (await import('./browser.mjs')).countRequests(ids), renderRequests],
  compare: [async ids => (await import('./compare.mjs')).compare(ids, options), renderComparison],
  growth: [async () => (await import('./growth.mjs')).grow(options), renderGrowth],
  // Only where it is asked for: what is watched is slower.
  profile: [async () => (await import('./profile.mjs')).profile({ ...options, seconds: 5 }), renderProfile],
  soak: [async () => (await import('./soak.mjs')).soak({ ...options, seconds: Number(values.soak) }), renderSoak],
}

if (!values.ready) await prepare()
const ids = getIds()
pinLoad()
mkdirSync(folder, { recursive: true })
for (const part of values.only.split(',')) {
  if (!parts[part]) throw new Error(`There is no part ${part}. There are: ${Object.keys(parts).join(', ')}`)
  const [measure, render] = parts[part]
  const machine = describeMachine()
  const result = await measure(ids)
  const known = existsSync(target) ? JSON.parse(readFileSync(target, 'utf8')) : {}
  writeFileSync(target, `${JSON.stringify({ ...known, [part]: { machine, result } }, undefined, 2)}\n`)
  console.log(`\n# ${part}: ${machine.date}, Node ${machine.node}, Nuxt ${machine.nuxt}, ${machine.cpu}, load ${machine.load} before`)
  for (const [title, text] of render(result)) console.log(`\n${title}\n\n${text}`)
}
if (left.length > 0) console.log(`\nNot measured, because it did not build here: ${left.join(', ')}`)
