// `npm run bench`: installs, builds, measures, prints tables and writes results.json, and the tables as .cache/report.md.
// `npm run bench -- --only compare,decode --rounds 7 --seconds 1 --warmup 3 --starts 50 --soak 60 --apps none,ours --ready --docs`
// (`--ready`: skips the build; `--docs`: also writes docs/performance.md; `--only=` measures nothing and shows the last results).
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { writeDocs } from './docs.mjs'
import { apps, folder, getApp, getName, getVersion } from './apps.mjs'
import { renderComparison, renderDecode, renderGoals, renderGrowth, renderProfile, renderRequests, renderSoak, renderStart } from './report.mjs'
import { isPinned, pinLoad } from './server.mjs'

const { values } = parseArgs({ options: {
  only: { type: 'string', default: 'decode,browser,start,compare,growth,soak' },
  apps: { type: 'string', default: apps.map(({ id }) => id).join(',') },
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '0.8' },
  warmup: { type: 'string', default: '2.5' },
  starts: { type: 'string', default: '25' },
  soak: { type: 'string', default: '600' },
  ready: { type: 'boolean', default: false },
  docs: { type: 'boolean', default: false },
} })
const root = fileURLToPath(new URL('../..', import.meta.url))
const target = `${folder}results.json`
/** Of a part's results: those of another are not shown. */
const format = 2
process.setMaxListeners(100)
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), warmup: Number(values.warmup), starts: Number(values.starts), log: line => console.error(line) }
const left = []

/** The environment without variables that would configure an app. */
const env = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:AUTH_|NUXT_|NITRO_|NODE_ENV$|HOST$|PORT$|npm_)/.test(name))), CI: 'true', NUXT_TELEMETRY_DISABLED: '1' }

/** Runs a command. Throws its output if it fails. */
async function run(command, args, cwd) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output += chunk)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd}: ${code}\n${output}`)
}

/** Builds the module as published, and every app as deployed. */
async function prepare() {
  options.log('building the module')
  await run('npm', ['run', 'build'], root)
  options.log('installing the apps')
  await run('npm', ['ci', '--no-audit', '--no-fund'], folder)
  for (const { id, dir } of getWanted().map(getApp)) {
    options.log(`building ${id}`)
    await run(process.execPath, [`${folder}node_modules/nuxt/bin/nuxt.mjs`, 'build'], dir).catch((error) => {
      if (id === 'none' || id === 'ours') throw error
      options.log(error.message)
    })
  }
}

/** The requested apps, and the two that every part needs. */
const getWanted = () => ['none', 'ours', ...values.apps.split(',').filter(id => id !== 'none' && id !== 'ours')]

/** The apps that are built. Reports the others. */
function getIds() {
  const wanted = getWanted()
  const isBuilt = id => existsSync(`${getApp(id).dir}/.output/server/index.mjs`)
  left.push(...wanted.filter(id => !isBuilt(id)).map(id => getName(getApp(id))))
  return wanted.filter(isBuilt)
}

function describeMachine() {
  return {
    date: new Date().toISOString(),
    // With a `-dirty` at its end where what is measured is not what it names.
    commit: execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { cwd: root }).toString().trim(),
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
  start: [async () => (await import('./start.mjs')).measureStart(options), renderStart],
  compare: [async ids => (await import('./compare.mjs')).compare(ids, options), renderComparison],
  growth: [async () => (await import('./growth.mjs')).grow(options), renderGrowth],
  // Only on request, because profiling slows the server down.
  profile: [async () => (await import('./profile.mjs')).profile({ ...options, seconds: 5 }), renderProfile],
  soak: [async () => (await import('./soak.mjs')).soak({ ...options, seconds: Number(values.soak) }), renderSoak],
}

/** One part's tables below a line that says where they are from. */
function toBlock(part, { machine, result }) {
  const [, render] = parts[part]
  const head = `${machine.date.slice(0, 16).replace('T', ' ')} UTC, ${machine.commit}, Node ${machine.node}, Nuxt ${machine.nuxt}, ${machine.cpu}, load ${machine.load} before.`
  return [head, ...render(result).flatMap(([title, table]) => [`${title}:`, table])].join('\n\n')
}

/** The parts that were measured as they are now. */
const readResults = () => Object.fromEntries(Object.entries(existsSync(target) ? JSON.parse(readFileSync(target, 'utf8')) : {}).filter(([, part]) => part.format === format))

if (!values.ready) await prepare()
const ids = getIds()
pinLoad()
mkdirSync(`${folder}.cache`, { recursive: true })
for (const part of values.only.split(',').filter(Boolean)) {
  if (!parts[part]) throw new Error(`There is no part ${part}. There are: ${Object.keys(parts).join(', ')}`)
  const [measure] = parts[part]
  const measured = { format, machine: describeMachine(), result: await measure(ids) }
  writeFileSync(target, `${JSON.stringify({ ...readResults(), [part]: measured }, undefined, 2)}\n`)
  console.log(`\n# ${part}\n\n${toBlock(part, measured)}`)
}
const results = readResults()
// Every part ever measured here with its own date, as the source of the docs.
const texts = { ...Object.fromEntries(Object.keys(parts).filter(part => results[part]).map(part => [part, toBlock(part, results[part])])), goals: renderGoals(results) }
writeFileSync(`${folder}.cache/report.md`, `${Object.entries(texts).map(([part, text]) => `# ${part}\n\n${text}`).join('\n\n')}\n`)
console.log(`\n# goals\n\n${texts.goals}`)
if (values.docs) writeDocs(`${root}docs/performance.md`, { ...texts, profile: undefined })
if (left.length > 0) console.log(`\nNot measured, because it did not build here: ${left.join(', ')}`)
