// Every app under the same load, in turn: A B C A B C …, so that what disturbs the machine disturbs all of them.
import { gzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { getApp } from './apps.mjs'
import { sample, summarise, summariseSamples } from './measure.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { getUsage, start } from './server.mjs'

/** The app without auth a second time: what this machine sees between two equal apps is its noise. */
const control = 'control'

/** Medians of each app and scenario, and the ratio to the app without auth in the same round. */
export async function compare(ids, { rounds, seconds, log }) {
  const servers = []
  try {
    for (const id of ids) servers.push(await start(getApp(id)))
    servers.push({ ...await start(getApp('none')), name: 'without auth, again', id: control })
    const samples = new Map()
    for (const scenario of scenarios) {
      // One round that doesn't count: code that has run is other code.
      for (let round = 0; round <= rounds; round++) {
        for (const server of servers) {
          const taken = await sample(server, toRequest(scenario, server), { seconds: scenario.requests ? Infinity : seconds, requests: scenario.requests })
          if (round > 0) samples.set(toKey(server, scenario), [...samples.get(toKey(server, scenario)) ?? [], taken])
        }
      }
      log(`${scenario.name}: done`)
    }
    return { rows: await Promise.all(servers.map(server => toRow(server, servers[0], samples))), refusal: await measureRefusal(servers[0], { rounds, seconds }) }
  }
  finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}

const toKey = ({ id, app }, scenario) => `${id ?? app.id} ${scenario.id}`

async function toRow(server, none, samples) {
  const cells = scenarios.map((scenario) => {
    const own = samples.get(toKey(server, scenario))
    const base = samples.get(toKey(none, scenario))
    const ratio = summarise(own.map(({ cpu }, round) => base[round].cpu / cpu))
    // The calmest round of each: what others on the machine add, they add to a median.
    const calm = Math.min(...base.map(({ cpu }) => cpu)) / Math.min(...own.map(({ cpu }) => cpu))
    const more = summarise(own.map(({ cpu }, round) => cpu - base[round].cpu))
    return [scenario.id, { ...summariseSamples(own), ratio, calm, more, rateRatio: summarise(own.map(({ rate }, round) => rate / base[round].rate)) }]
  })
  return { id: server.id ?? server.app.id, name: server.name, rss: (await getUsage(server)).rss, client: await measureClient(server), scenarios: Object.fromEntries(cells) }
}

/** What any 401 of the framework costs, without a session. */
async function measureRefusal(server, { rounds, seconds }) {
  const samples = []
  for (let round = 0; round <= rounds; round++) samples.push(await sample(server, { path: '/api/refused', status: 401, marks: [] }, { seconds }))
  return summariseSamples(samples.slice(1))
}

/** Bytes of the scripts that the page with the session needs before it is interactive, gzipped. */
async function measureClient({ app, visitor }) {
  const html = await (await visitor.send({ path: '/account' })).text()
  const scripts = new Set([...html.matchAll(/<(?:link rel="modulepreload"|script type="module")[^>]*(?:href|src)="(\/_nuxt\/[^"]+\.js)"/g)].map(([, path]) => path))
  if (scripts.size === 0) throw new Error('The page names no script')
  return [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(`${app.dir}/.output/public${path}`)).length, 0)
}
