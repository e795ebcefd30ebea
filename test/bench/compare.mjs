// Every app under the same load, in turn: A B C A B C …, so that disturbances of the machine affect all of them.
import { gzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { getApp } from './apps.mjs'
import { sample, summarise, summariseSamples } from './measure.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { getUsage, start } from './server.mjs'

/** The app without auth a second time: the difference between two equal apps is the noise of this machine. */
const control = 'control'

/** The cost of a 401 in the framework without a session, measured with the app without auth only. */
const refusal = { id: 'refusal', request: { path: '/api/refused', status: 401, marks: [] } }

/** Medians of each app and scenario, and the ratio to the app without auth in the same round. */
export async function compare(ids, options) {
  const samples = new Map()
  let rows = []
  // New processes in each round, because the garbage collector's behavior depends on the first second and then mostly stays.
  for (let round = 1; round <= options.rounds; round++) {
    const servers = []
    try {
      for (const id of ids) servers.push(await start(getApp(id)))
      servers.push({ ...await start(getApp('none')), name: 'without auth, again', id: control })
      await takeTurns(servers, samples, options)
      if (round === options.rounds) rows = await Promise.all(servers.map(server => toRow(server, servers[0], samples)))
    }
    finally {
      await Promise.all(servers.map(server => server.stop()))
    }
    options.log(`round ${round} of ${options.rounds}: done`)
  }
  return { rows, refusal: summariseSamples(samples.get(toKey({ app: getApp('none') }, refusal))) }
}

/** One sample of each scenario and app, one app after the other. */
async function takeTurns(servers, samples, { seconds, warmup }) {
  const take = async (server, scenario, request) => {
    const { requests, warmth = 1 } = scenario
    const taken = await sample(server, request, { seconds: requests ? Infinity : seconds, requests, warmup: warmup * warmth })
    samples.set(toKey(server, scenario), [...samples.get(toKey(server, scenario)) ?? [], taken])
  }
  for (const scenario of scenarios) {
    for (const server of servers) await take(server, scenario, toRequest(scenario, server))
  }
  await take(servers[0], refusal, refusal.request)
}

const toKey = ({ id, app }, scenario) => `${id ?? app.id} ${scenario.id}`

async function toRow(server, none, samples) {
  const cells = scenarios.map((scenario) => {
    const own = samples.get(toKey(server, scenario))
    const base = samples.get(toKey(none, scenario))
    const ratio = summarise(own.map(({ cpu }, round) => base[round].cpu / cpu))
    // The fastest round of each, because other load on the machine only adds to a median.
    const calm = Math.min(...base.map(({ cpu }) => cpu)) / Math.min(...own.map(({ cpu }) => cpu))
    const more = summarise(own.map(({ cpu }, round) => cpu - base[round].cpu))
    return [scenario.id, { ...summariseSamples(own), ratio, calm, more, rateRatio: summarise(own.map(({ rate }, round) => rate / base[round].rate)) }]
  })
  return { id: server.id ?? server.app.id, name: server.name, rss: (await getUsage(server)).rss, client: await measureClient(server), scenarios: Object.fromEntries(cells) }
}

/** Bytes of the scripts that the page with the session needs before it is interactive, gzipped. */
async function measureClient({ app, visitor }) {
  const html = await (await visitor.send({ path: '/account' })).text()
  const scripts = new Set([...html.matchAll(/<(?:link rel="modulepreload"|script type="module")[^>]*(?:href|src)="(\/_nuxt\/[^"]+\.js)"/g)].map(([, path]) => path))
  if (scripts.size === 0) throw new Error('The page names no script')
  return [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(`${app.dir}/.output/public${path}`)).length, 0)
}
