// Runs a command for the playground and every fixture that is typed: `node test/apps.mjs nuxt prepare`.
// A fixture without a tsconfig is one that can't be prepared, such as an app whose definition is missing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const fixtures = readdirSync(`${root}/test/fixtures`).map(name => `test/fixtures/${name}`)
const apps = ['playground', ...fixtures].filter(app => existsSync(`${root}/${app}/tsconfig.json`))
const [command, ...args] = process.argv.slice(2)

async function run(app) {
  const child = spawn(command, [...args, app], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output += chunk)
  const [code, signal] = await once(child, 'close')
  console.log(`${code === 0 ? '✓' : '✗'} ${[command, ...args, app].join(' ')}`)
  if (code === 0) return
  console.log(`${output}${signal ?? ''}`)
  process.exitCode = 1
}

// Two at a time: more only get in each other's way on a small machine.
async function work() {
  for (let app = apps.shift(); app; app = apps.shift()) await run(app)
}
await Promise.all([work(), work()])
