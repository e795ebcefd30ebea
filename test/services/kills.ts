/** Kills a server repeatedly at random moments under load. */
import { expect } from 'vitest'
import { cookieName } from '../e2e/sessions'
import { sleep } from './random'
import type { Random } from './random'

export interface Victim { kill: () => Promise<unknown>, start: () => Promise<unknown> }

/** A client that repeats the same request the whole time. */
export interface Watcher {
  name: string
  /** Resolves to a status or a word for the result. */
  ask: () => Promise<Response | number>
  /** Number of sequential requests in one `ask`; 1 by default. */
  requests?: number
  /** The result without an outage. */
  well: number
  /** Other results that are allowed at any time. */
  meanwhile: number[]
  /** True if the request doesn't depend on the killed server, so its latency is that of the machine. */
  isStranger?: boolean
}

export interface Report {
  kills: number
  /** Number of results, by client and result. */
  answers: Record<string, number>
  /** Forbidden results, and deleted session cookies. */
  wrong: string[]
  /** In milliseconds: the longest response (the mean of sequential requests), the same for anonymous users, and the recovery times. */
  longest: number
  stranger: number
  recoveries: number[]
}

/** Number of kills per server: `KILLS=100` for the documented figure. */
export const kills = Number(process.env.KILLS ?? 10)
/** Maximum time for a recovery, in milliseconds. */
const patience = 20_000

/** Waits for all clients to recover after each kill, or each `burst` of kills. Throws if that takes too long. */
export async function killAtRandom(victim: Victim, watchers: Watcher[], random: Random, { times = kills, burst = 1 } = {}): Promise<Report> {
  const report: Report = { kills: times, answers: {}, wrong: [], longest: 0, stranger: 0, recoveries: [] }
  const lastWell = new Map<Watcher, number>()
  let isOver = false
  const watching = Promise.all(watchers.map(async (watcher) => {
    while (!isOver) {
      const begun = Date.now()
      const status = await watch(watcher, report)
      if (status === watcher.well) lastWell.set(watcher, begun)
      await sleep(30)
    }
  }))
  try {
    for (let round = 0; round < times; round++) {
      await sleep(random.between(0, 400))
      await victim.kill()
      // Sometimes longer than any client waits for a response.
      await sleep(round % 5 === 0 ? 2500 : random.between(0, 400))
      await victim.start()
      if ((round + 1) % burst === 0) report.recoveries.push(await recover(watchers, lastWell))
    }
  }
  finally {
    isOver = true
    await watching
  }
  return report
}

async function watch({ name, ask, well, meanwhile, requests = 1, isStranger = false }: Watcher, report: Report): Promise<number> {
  const begun = Date.now()
  const answer = await ask()
  const status = typeof answer === 'number' ? answer : answer.status
  const cookies = typeof answer === 'number' ? [] : answer.headers.getSetCookie()
  if (typeof answer !== 'number') await answer.text()
  const kind = isStranger ? 'stranger' : 'longest'
  report[kind] = Math.max(report[kind], Math.round((Date.now() - begun) / requests))
  const key = `${name}: ${status}`
  report.answers[key] = (report.answers[key] ?? 0) + 1
  if (status !== well && !meanwhile.includes(status)) report.wrong.push(key)
  // An outage is not a sign-out.
  if (well === 200 && cookies.some(cookie => cookie.startsWith(`${cookieName}=;`))) report.wrong.push(`${key}, and the cookie is gone`)
  return status
}

/** Resolves once a new request of each client has the expected result, with the time in milliseconds. */
async function recover(watchers: Watcher[], lastWell: Map<Watcher, number>): Promise<number> {
  const back = Date.now()
  const isWaiting = (watcher: Watcher) => (lastWell.get(watcher) ?? 0) < back
  while (watchers.some(isWaiting)) {
    if (Date.now() - back > patience) throw new Error(`not recovered after ${patience} ms: ${watchers.filter(isWaiting).map(({ name }) => name).join(', ')}`)
    await sleep(5)
  }
  return Date.now() - back
}

/** One line for the log. */
function renderReport(title: string, { kills, recoveries, longest, stranger, answers }: Report): string {
  const sorted = recoveries.toSorted((one, other) => one - other)
  return `${title}, killed ${kills} times: recovery ${sorted[sorted.length >> 1]} ms, slowest ${sorted.at(-1)} ms; longest answer ${longest} ms, a stranger's ${stranger} ms; ${JSON.stringify(answers)}`
}

/** The output of a process since its start, and whether it still runs. */
export interface Survivor { readonly output: string, readonly isRunning: boolean }

/** Expects no exit, no uncaught rejection, no opened guard, no sign-out, and a recovery within `limit` milliseconds plus the machine's latency. */
export function expectSurvived(title: string, report: Report, survivors: Survivor[], limit = 5000): void {
  console.warn(renderReport(title, report))
  expect(report.wrong).toEqual([])
  // At least one response has to show the outage, or the test proves nothing.
  expect(Object.keys(report.answers).some(key => /: (?:503|0)$/.test(key))).toBe(true)
  for (const { output, isRunning } of survivors) expect([isRunning, findUncaught(output)]).toEqual([true, null])
  expect(Math.max(...report.recoveries) - report.stranger).toBeLessThan(limit)
}

/** Expects responses within 3 seconds plus the machine's latency, and immediate ones for anonymous users, who need no server. */
export function expectPrompt(longest: number, stranger: number): void {
  expect(longest - stranger).toBeLessThan(3000)
  expect(stranger).toBeLessThan(2000)
}

/** Finds uncaught errors and rejections in the output, as Nitro and Node report them. */
export function findUncaught(output: string): string[] | null {
  return output.match(/unhandledRejection|uncaughtException|UnhandledPromise.*/g)
}
