// Where the time of one scenario goes: Node's own profiler, on the built app.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { folder, getApp } from './apps.mjs'
import { load } from './load.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { start } from './server.mjs'

/** Loads each scenario for some seconds. The profiles stay in `test/bench/.cache`, for the browser's developer tools. */
export async function profile({ seconds, log }) {
  const results = []
  for (const scenario of scenarios) {
    const dir = `${folder}.cache/${scenario.id}`
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    const server = await start(getApp('ours'), { flags: ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${dir}`] })
    const requests = (await load(server.port, toRequest(scenario, server), { seconds })).length
    await server.stop()
    const [file] = readdirSync(dir)
    if (!file) throw new Error(`The server left no profile in ${dir}`)
    results.push({ name: scenario.name, requests, file: `${dir}/${file}`, functions: listFunctions(JSON.parse(readFileSync(`${dir}/${file}`, 'utf8')), requests) })
    log(`${scenario.name}: ${dir}/${file}`)
  }
  return results
}

/** µs per request that each function spent itself, and with what it called. The largest first. */
function listFunctions({ nodes, samples, timeDeltas }, requests) {
  const byId = new Map(nodes.map(node => [node.id, { ...node, self: 0 }]))
  for (const [index, id] of samples.entries()) byId.get(id).self += timeDeltas[index]
  const totals = new Map()
  const add = (node, callers) => {
    const { functionName, url, lineNumber } = node.callFrame
    const name = `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`
    const entry = totals.get(name) ?? { name, self: 0, total: 0 }
    totals.set(name, entry)
    const below = (node.children ?? []).reduce((sum, id) => sum + add(byId.get(id), [...callers, name]), 0)
    entry.self += node.self
    // A function that calls itself is counted once.
    if (!callers.includes(name)) entry.total += node.self + below
    return node.self + below
  }
  add(byId.get(nodes[0].id), [])
  return [...totals.values()]
    .map(({ name, self, total }) => ({ name, self: self / requests, total: total / requests }))
    .toSorted((left, right) => right.self - left.self)
}
