// Tables for readers; the JSON file has all details.
import { judge } from './goals.mjs'
import { scenarios } from './scenarios.mjs'
import { toGrowth } from './soak.mjs'

export function toTable(head, rows) {
  const cells = [head, ...rows].map(row => row.map(String))
  const widths = head.map((_, column) => Math.max(...cells.map(row => row[column].length)))
  const lines = cells.map(row => `| ${row.map((cell, column) => column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join(' | ')} |`)
  return [lines[0], `|${widths.map((width, column) => column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`).join('|')}|`, ...lines.slice(1)].join('\n')
}

const whole = value => value.toFixed(0)
const megabytes = bytes => (bytes / 1e6).toFixed(0)
const signed = (value, digits = 0) => `${Number(value.toFixed(digits)) < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
const half = ({ min, max, median }) => `±${((max - min) / 2 / median * 100).toFixed(0)} %`

/** One block per view of the comparison. */
export function renderComparison({ rows, refusal }) {
  const names = scenarios.map(({ name }) => name)
  const by = (toCell, ids = scenarios) => rows.map(row => [row.name, ...ids.map(({ id }) => toCell(row.scenarios[id]))])
  const base = rows[0]
  return [
    ['Ratio to the app without auth (its CPU per request ÷ the app\'s): median of the rounds, and the calmest round of each', toTable(['app', ...names], by(({ ratio, calm }) => `${ratio.median.toFixed(2)} · ${calm.toFixed(2)}`))],
    ['CPU of the server, µs per request', toTable(['app', ...names], by(({ cpu }) => whole(cpu.median)))],
    ['CPU more than the app without auth in the same round, µs per request', toTable(['app', ...names], by(({ more }) => signed(more.median)))],
    ['Requests per second', toTable(['app', ...names], by(({ rate }) => whole(rate.median)))],
    ['Latency at 10 connections, p50 / p99 in ms', toTable(['app', ...names], by(({ p50, p99 }) => `${p50.median.toFixed(1)} / ${p99.median.toFixed(1)}`))],
    ['Noise: half the range of the rounds\' CPU', toTable(['app', ...names], by(({ cpu }) => half(cpu)))],
    ['Memory, and scripts of the page with the session', toTable(['app', 'resident, MB', 'scripts, kB gzip', 'more than without auth, kB'], rows.map(({ name, rss, client }) => [name, megabytes(rss), (client / 1000).toFixed(1), ((client - base.client) / 1000).toFixed(1)]))],
    ['A 401 of the app without auth (nothing read, an error thrown)', `${whole(refusal.cpu.median)} µs ${half(refusal.cpu)}`],
  ]
}

export function renderGrowth({ token, connections, components, secrets, guards }) {
  const cost = ({ cpu }) => `${whole(cpu.median)} ${half(cpu)}`
  return [
    ['GET session by size of the cookie', toTable(['cookie, bytes', 'chunks', 'CPU, µs'], token.map(entry => [entry.bytes, entry.chunks, cost(entry)]))],
    ['GET session by connections', toTable(['app', 'connections', 'CPU, µs', 'requests per second', 'p50, ms', 'p99, ms'], connections.map(entry => [entry.name, entry.connections, cost(entry), whole(entry.rate.median), entry.p50.median.toFixed(2), entry.p99.median.toFixed(2)]))],
    ['A page by the components that call `useAuth()`', toTable(['app', 'components', 'CPU, µs', 'decodes'], components.map(entry => [entry.name, entry.components, cost(entry), entry.decodes]))],
    ['GET session by secrets, the token of the oldest', toTable(['secrets', 'CPU, µs'], secrets.map(entry => [entry.secrets, cost(entry)]))],
    ['A small API route, signed in', toTable(['guard', 'CPU, µs'], guards.map(entry => [entry.guard, cost(entry)]))],
  ]
}

export function renderDecode(results) {
  const cost = ({ median, min, max }) => `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`
  return [['Opening a token, CPU µs', toTable(['token, bytes', 'nuxt-authjs', 'nuxt-authjs, on a host without node:crypto', '@auth/core'], results.map(({ bytes, decodeToken, jose, authjs }) => [bytes, cost(decodeToken), cost(jose), cost(authjs)]))]]
}

export function renderRequests(results) {
  return [['Requests of the browser below /api, after the page with the session came from the server', toTable(['app', 'requests'], results.map(({ name, requests }) => [name, requests.length]))]]
}

export function renderSoak({ seconds, requests, samples }) {
  const heap = samples.map(({ heapUsed }) => heapUsed)
  const bounds = values => `${(Math.min(...values) / 1e6).toFixed(1)}–${(Math.max(...values) / 1e6).toFixed(1)} MB`
  return [[`${(seconds / 60).toFixed(1)} minutes of mixed load, ${requests} requests`, `heap after a collection ${bounds(heap.slice(0, heap.length / 2))} in the first half, ${bounds(heap.slice(heap.length / 2))} in the second, where each request leaves ${signed(toGrowth({ seconds, requests, samples }), 2)} bytes`]]
}

export function renderProfile(results) {
  return results.map(({ name, requests, functions }) => [`Where the time goes, µs per request: ${name} (${requests} requests)`, toTable(['function', 'itself', 'with what it calls'], functions.slice(0, 30).map(({ name, self, total }) => [name, self.toFixed(2), total.toFixed(2)]))])
}

export function renderStart({ starts, cold, memory }) {
  const toCell = ({ median, min, max }) => `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`
  const more = (entry, scale, digits) => `${signed(entry.more.median / scale, digits)} (${signed(entry.more.min / scale, digits)} to ${signed(entry.more.max / scale, digits)})`
  const rows = cold.flatMap(({ name, apps }) => apps.map(app => [name, app.name, toCell(app.wall), more(app.wall, 1, 1), toCell(app.cpu), more(app.cpu, 1, 1)]))
  const moments = [['first', 'after a page and an API call'], ['thousand', 'after 1 000 requests'], ['signedIn', 'after 20 sign-ins and 1 000 requests more']]
  const sizes = moments.flatMap(([id, name]) => memory.apps.map(app => [name, app.name, ...['Held', 'Rss', 'Used'].flatMap(key => [(app[id + key].median / 1e6).toFixed(1), more(app[id + key], 1e6, 1)])]))
  return [
    [`Cold start, ${starts} processes of each: from nothing to the first good answer, and after another route that answer alone`, toTable(['first', 'app', 'ms', 'more', 'CPU, ms', 'more'], rows)],
    ['Memory, MB: resident as it stands, resident once all that is not in use is collected and given back, and heap with what is outside of it', toTable(['when', 'app', 'as it stands', 'more', 'resident', 'more', 'heap and external', 'more'], sizes)],
  ]
}

/** The goals with their results in results.json, from any run. */
export function renderGoals(results) {
  return toTable(['goal', 'wanted', 'measured', '', 'part', 'commit'], judge(results).map(({ name, wanted, measured, verdict, part, commit = '' }) => [name, wanted, measured, verdict, part, commit]))
}
