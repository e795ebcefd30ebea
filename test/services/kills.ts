/** Kills a server again and again, at moments that nobody chose, while others ask. */
import { expect } from 'vitest'
import { cookieName } from '../e2e/sessions'
import { sleep } from './random'
import type { Random } from './random'

export interface Victim { kill: () => Promise<unknown>, start: () => Promise<unknown> }

/** Somebody who asks the same the whole time. */
export interface Watcher {
  name: string
  /** Resolves to a status, or to an answer. */
  ask: () => Promise<Response | number>
  /** How many requests that is, one after the other; 1 where it is left out. */
  requests?: number
  /** What he gets when all is well. */
  well: number
  /** What else he may get, at any moment. */
  meanwhile: number[]
  /** Asks nothing of the server that is killed: as long as he waits is the machine's doing. */
  isStranger?: boolean
}

export interface Report {
  kills: number
  /** Answers by who got which. */
  answers: Record<string, number>
  /** Answers that nobody may get, and session cookies that were taken away. */
  wrong: string[]
  /** In milliseconds: of one answer, on an average of those that were asked one after the other; the same of a stranger; and from the start of the server until all is well for all. */
  longest: number
  stranger: number
  recoveries: number[]
}

/** How often each server is killed: `KILLS=100` for the figure. */
export const kills = Number(process.env.KILLS ?? 10)
/** Longest wait for a recovery: what takes longer does not come back. */
const patience = 20_000

/** After each kill, or each `burst` of them, all is well for everybody before it goes on. Throws where that takes too long. */
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
      // At times longer than anybody waits for an answer.
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

/** Until each of them has asked anew, and got what he should; in milliseconds. */
async function recover(watchers: Watcher[], lastWell: Map<Watcher, number>): Promise<number> {
  const back = Date.now()
  const isWaiting = (watcher: Watcher) => (lastWell.get(watcher) ?? 0) < back
  while (watchers.some(isWaiting)) {
    if (Date.now() - back > patience) throw new Error(`not well again after ${patience} ms: ${watchers.filter(isWaiting).map(({ name }) => name).join(', ')}`)
    await sleep(5)
  }
  return Date.now() - back
}

/** One line for whoever reads the log. */
function renderReport(title: string, { kills, recoveries, longest, stranger, answers }: Report): string {
  const sorted = recoveries.toSorted((one, other) => one - other)
  return `${title}, killed ${kills} times: recovery ${sorted[sorted.length >> 1]} ms, slowest ${sorted.at(-1)} ms; longest answer ${longest} ms, a stranger's ${stranger} ms; ${JSON.stringify(answers)}`
}

/** What a process has written since the start, and whether it still runs. */
export interface Survivor { readonly output: string, readonly isRunning: boolean }

/** No exit, no rejection that nobody caught, no door opened, nobody signed out, and well again within `limit` milliseconds and what the machine takes. */
export function expectSurvived(title: string, report: Report, survivors: Survivor[], limit = 5000): void {
  console.warn(renderReport(title, report))
  expect(report.wrong).toEqual([])
  // Without any answer of an outage there was none.
  expect(Object.keys(report.answers).some(key => /: (?:503|0)$/.test(key))).toBe(true)
  for (const { output, isRunning } of survivors) expect([isRunning, findUncaught(output)]).toEqual([true, null])
  expect(Math.max(...report.recoveries) - report.stranger).toBeLessThan(limit)
}

/** Answers within 3 seconds, but for what the machine takes; and a stranger's at once: whoever asks nothing of a server does not wait for it. */
export function expectPrompt(longest: number, stranger: number): void {
  expect(longest - stranger).toBeLessThan(3000)
  expect(stranger).toBeLessThan(2000)
}

/** What nobody caught, as Nitro and Node write it. */
export function findUncaught(output: string): string[] | null {
  return output.match(/unhandledRejection|uncaughtException|UnhandledPromise.*/g)
}
