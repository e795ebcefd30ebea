// The goals and their results. Whether a goal is reached is computed, never written by hand.
import { scenarios } from './scenarios.mjs'
import { toGrowth } from './soak.mjs'

const ours = ({ rows }) => rows.find(({ id }) => id === 'ours')
const peers = ({ rows }) => rows.filter(({ id }) => !['none', 'ours', 'control'].includes(id))
const fixed = (digits, unit = '') => value => `${value.toFixed(digits)}${unit}`
const signed = (digits, unit) => value => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}${unit}`
const atLeast = (bound, digits = 2) => ({ wanted: `≥ ${bound.toFixed(digits)}`, isReached: value => value >= bound, toText: fixed(digits) })
const atMost = (bound, unit, toText = fixed(1, unit)) => ({ wanted: `≤ ${bound}${unit}`, isReached: value => value <= bound, toText })
const exactly = (count, unit = '') => ({ wanted: `${count}${unit}`, isReached: value => value === count, toText: value => `${value}${unit}` })

/** Ratio of a scenario to the app without auth. */
const ratio = (id, bound) => ({ name: `${scenarios.find(scenario => scenario.id === id).name}: ratio to no auth`, part: 'compare', of: result => ours(result).scenarios[id].ratio.median, ...atLeast(bound) })
const more = id => ({ name: `${scenarios.find(scenario => scenario.id === id).name}: CPU more than without auth`, part: 'compare', of: result => ours(result).scenarios[id].more.median, ...atMost(15, ' µs', signed(1, ' µs')) })
const cold = (id, name) => ({ name, part: 'start', of: ({ cold }) => cold.find(kind => kind.id === id).apps.find(app => app.id === 'ours').wall.more.median, ...atMost(5, ' ms', signed(1, ' ms')) })
const memory = (key, name) => ({ name, part: 'start', of: ({ memory }) => memory.apps.find(app => app.id === 'ours')[key].more.median / 1e6, ...atMost(5, ' MB', signed(1, ' MB')) })

/** Cells in which another app that has sessions costs less. */
const raced = ['session', 'guarded', 'refused', 'account', 'plain', 'sign-in']
const behind = result => raced.flatMap(id => peers(result).filter(peer => peer.scenarios[id].ratio.median > ours(result).scenarios[id].ratio.median).map(peer => `${peer.name}: ${scenarios.find(scenario => scenario.id === id).name}`))

const goals = [
  ratio('session', 0.7), ratio('guarded', 0.65), ratio('refused', 0.6), ratio('account', 0.95), ratio('plain', 0.97),
  more('session'), more('guarded'),
  { name: 'cells in which another way to a session costs less', part: 'compare', of: result => peers(result).length > 0 ? behind(result) : undefined, wanted: '0', isReached: list => list.length === 0, toText: list => [list.length, ...list].join('; ') },
  { name: 'POST of a sign-in: CPU', part: 'compare', of: result => ours(result).scenarios['sign-in'].cpu.median, ...atMost(200, ' µs', fixed(0, ' µs')) },
  { name: 'opening a token of 1 kB: CPU', part: 'decode', of: results => results.find(({ bytes }) => bytes > 1000 && bytes < 1300)?.decodeToken.median, ...atMost(8, ' µs') },
  { name: 'scripts of a page that reads the session, gzip, more than without auth', part: 'compare', of: result => (ours(result).client - result.rows[0].client) / 1000, ...atMost(2, ' kB', signed(1, ' kB')) },
  { name: 'session requests of the browser after SSR', part: 'browser', of: results => results.find(({ id }) => id === 'ours').requests.length, ...exactly(0) },
  { name: '100 × `useAuth()` on a page', part: 'growth', of: ({ components }) => components.find(entry => entry.components === 100 && entry.decodes > 0)?.decodes, ...exactly(1, ' decode') },
  { name: 'GET session, 5 secrets instead of 1: CPU', part: 'growth', of: ({ secrets }) => (secrets.at(-1).cpu.median / secrets[0].cpu.median - 1) * 100, ...atMost(10, ' %', signed(0, ' %')) },
  cold('page', 'cold start to the first page, more than without auth'), cold('guarded', 'cold start to the first answer of a guarded API, more than without auth'),
  memory('firstRss', 'resident memory after the start, more than without auth'), memory('thousandRss', 'resident memory after 1 000 requests, more than without auth'), memory('signedInRss', 'resident memory after 20 sign-ins and 1 000 requests more, more than without auth'),
  { name: 'heap that a request of the soak leaves behind', part: 'soak', of: toGrowth, ...atMost(1, ' byte', signed(2, ' bytes')) },
]

/** Each goal with its measured results, if any. `results` is the content of results.json. */
export function judge(results) {
  return goals.map(({ name, part, of, wanted, isReached, toText }) => {
    const value = results[part] && of(results[part].result)
    if (value === undefined) return { name, part, wanted, measured: '–', verdict: 'not measured' }
    return { name, part, wanted, measured: toText(value), verdict: isReached(value) ? 'reached' : 'not reached', commit: results[part].machine.commit }
  })
}
