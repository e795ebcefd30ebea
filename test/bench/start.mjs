// The time from start to the first good response, and the memory of a server: with the module and without, in turn.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { getApp, getName } from './apps.mjs'
import { load } from './load.mjs'
import { summarise } from './measure.mjs'
import { scenarios, toRequest } from './scenarios.mjs'
import { getFreePort, getUsage, launch, start, stop } from './server.mjs'

const find = id => scenarios.find(scenario => scenario.id === id)
const ping = find('ping')

/** What a process is asked first, and `then`, once that is answered: the latter's CPU alone is what being ready leaves to do. */
const kinds = [
  { id: 'page', name: 'SSR page with the session', first: find('account') },
  { id: 'guarded', name: 'guarded API, signed in', first: find('guarded') },
  { id: 'page-ready', name: 'SSR page with the session, after another route', first: ping, then: find('account') },
  { id: 'guarded-ready', name: 'guarded API, signed in, after another route', first: ping, then: find('guarded') },
]

/** The app without auth runs twice: the difference between two equal apps is the noise of this machine. */
export async function measureStart({ starts, log }) {
  const apps = [['none', 'none'], ['ours', 'ours'], ['control', 'none']].map(([id, app]) => ({ id, app: getApp(app), name: id === 'control' ? 'without auth, again' : getName(getApp(app)) }))
  // The same secret, so the same cookie: no process that is measured signs anybody in.
  for (const entry of apps) entry.visitor = await signIn(entry.app)
  const cold = []
  for (const kind of kinds) {
    cold.push({ id: kind.id, name: kind.name, ...await inTurn(apps, starts, entry => startCold(entry, kind)) })
    log(`start, ${kind.name}: done`)
  }
  const memory = await inTurn(apps, Math.max(3, starts >> 1), measureMemory)
  log('memory: done')
  return { starts, cold, memory }
}

async function signIn(app) {
  const { visitor, stop } = await start(app)
  await stop()
  return visitor
}

/** Rounds of `measure`, one app after the other. Of each figure its median and range, and those of what it is more than without auth in the same round. */
async function inTurn(apps, rounds, measure) {
  const samples = apps.map(() => [])
  // The first round doesn't count, because the file cache is cold.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, entry] of apps.entries()) {
      const taken = await measure(entry)
      if (round > 0) samples[index].push(taken)
    }
  }
  const keys = Object.keys(samples[0][0])
  const toRow = ({ id, name }, index) => ({ id, name, ...Object.fromEntries(keys.map(key => [key, { ...summarise(samples[index].map(each => each[key])), more: summarise(samples[index].map((each, round) => each[key] - samples[0][round][key])) }])) })
  return { apps: apps.map(toRow) }
}

/** A listening process. `began` is the time before it was started. */
async function startListening(app, flags = []) {
  const port = await getFreePort()
  const began = performance.now()
  const { child, origin } = launch(app, port, { flags, stdout: 'pipe' })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(([code]) => Promise.reject(new Error(`${app.id} ended with ${code}`)))])
  child.stdout.resume()
  return { child, origin, port, began }
}

async function startCold({ app, visitor }, { first, then }) {
  const { child, origin, port, began } = await startListening(app)
  try {
    const ask = async scenario => (await load(port, toRequest(scenario, { app, visitor }), { connections: 1, requests: 1 }))[0]
    const ready = performance.now() - began
    const wall = ready + await ask(first)
    const { cpu } = await getUsage({ origin })
    if (!then) return { wall, cpu: cpu / 1000 }
    const later = await ask(then)
    return { wall: later, cpu: ((await getUsage({ origin })).cpu - cpu) / 1000 }
  }
  finally {
    await stop(child)
  }
}

/** Requests of both kinds, a few at a time and no faster than one after the other: what a heap grows to under load is not the app's size. */
const mixed = ['session', 'guarded', 'account', 'plain'].map(find)

/** Memory in bytes: after the first page, after 1 000 requests, and after 1 000 more with 20 sign-ins among them. */
async function measureMemory({ app, visitor }) {
  const { child, origin, port } = await startListening(app, ['--expose-gc'])
  try {
    // The sign-in was filled in at another process, on another port.
    const form = { ...visitor.form, headers: { ...visitor.form.headers, origin } }
    const server = { app, visitor: { form, toCookie: () => visitor.toCookie() } }
    const ask = async (scenario, requests) => await load(port, toRequest(scenario, server), { connections: 1, requests })
    const askMixed = async () => {
      for (let turn = 0; turn < 10; turn++) for (const scenario of mixed) await ask(scenario, 25)
    }
    await ask(find('account'), 1)
    await ask(find('guarded'), 1)
    const first = await settle(origin, 'first')
    await askMixed()
    const thousand = await settle(origin, 'thousand')
    await ask(find('sign-in'), 20)
    await askMixed()
    return { ...first, ...thousand, ...await settle(origin, 'signedIn') }
  }
  finally {
    await stop(child)
  }
}

/** What the system sees, and then what is left once all that is not in use was collected and given back. */
async function settle(origin, when) {
  const { rss: held } = await getUsage({ origin })
  for (let turn = 0; turn < 4; turn++) {
    await getUsage({ origin }, true)
    await sleep(100)
  }
  const { rss, heapUsed, external } = await getUsage({ origin }, true)
  return { [`${when}Held`]: held, [`${when}Rss`]: rss, [`${when}Used`]: heapUsed + external }
}
