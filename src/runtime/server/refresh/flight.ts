import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Awaitable } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { toClaims } from '../config/extend'
import { logError } from '../log'
import { createMemoryStore } from '../store/memory'
import { runCallback } from '../config/run-callback'
import type { JWT } from '../token/claims'
import type { RuntimeRefresh } from '../config/extend'
import { isGrantGone, toLogLine } from './failure'
import { canRemember, recall, recallOwn, remember } from './outcomes'
import type { Outcome } from './outcomes'
import { getStore } from '../store/store'
import type { Store } from '../store/store'
import { withTimeout } from '../http/timeout'

/** One session whose provider tokens are due. */
export interface Flight { event: AuthEvent, config: RequestConfig, refresh: RuntimeRefresh, id: string, token: JWT }

/** Longest wait for the provider, in milliseconds. */
const runTimeout = 8000
/** For how long one process keeps the others from the provider, in seconds: `runTimeout`, and the store's own. */
const lockTtl = 10
/** How often a process looks whether the one before it is ready, in milliseconds. */
const pollInterval = 50
/** Shortest time between two attempts of one session, in milliseconds. */
const pause = 5000
/** The same where it is the store that failed, in seconds: nobody waits for it in vain again and again. */
const storePause = 1

/** The attempts under way, by session. An attempt takes as long as it waits for provider and store, and goes. */
const flights = new Map<string, Promise<Outcome>>()
const pauses = createMemoryStore(10_000)

/** The attempt that is under way for this session, or a new one. Never rejects for the store's or the provider's sake. */
export async function join(flight: Flight): Promise<Outcome> {
  const { id } = flight
  const flying = flights.get(id) ?? fly(flight).catch(error => giveUp(flight, error)).finally(() => flights.delete(id))
  flights.set(id, flying)
  return await flying
}

async function giveUp({ config, id, token }: Flight, error: unknown): Promise<Outcome> {
  if (!(error instanceof NuxtAuthError) || error.code !== 'AUTH_R010') throw error
  logError(`the session could not be refreshed: ${toLogLine(error.cause ?? error, token)}`)
  await pauses.set(`pause:${id}`, '', { ttl: storePause })
  return { ...await recallOwn(config, id), failed: Date.now() }
}

async function fly(flight: Flight): Promise<Outcome> {
  if (await pauses.get(`pause:${flight.id}`) !== null) return { ...await recallOwn(flight.config, flight.id), failed: Date.now() }
  const store = getStore()
  const end = Date.now() + 2 * lockTtl * 1000
  while (Date.now() < end) {
    const known = await recall(flight.config, flight.id)
    if (await isSettled(flight, known)) return known
    const outcome = store.isShared ? await runAlone(flight, store) : await run(flight, known)
    if (outcome) return outcome
    await new Promise(resolve => setTimeout(resolve, pollInterval))
  }
  return { failed: Date.now() }
}

/** Whether there is nothing to ask the provider: it has just been asked, or what came of it is still good. */
async function isSettled({ refresh, token }: Flight, outcome: Outcome): Promise<boolean> {
  const last = Math.max(outcome.at ?? 0, outcome.failed ?? 0)
  if (outcome.isEnded || Date.now() - last < pause) return true
  return outcome.claims !== undefined && !await isDue(refresh, apply(token, outcome))
}

/** Undefined while another process is at it. */
async function runAlone(flight: Flight, store: Store): Promise<Outcome | undefined> {
  const key = `refresh-lock:${flight.id}`
  const me = crypto.randomUUID()
  if (!await store.setIfAbsent(key, me, { ttl: lockTtl })) return undefined
  try {
    // The one before may have finished between our look and our turn.
    const known = await recall(flight.config, flight.id)
    return await isSettled(flight, known) ? known : await run(flight, known)
  }
  finally {
    // Where this fails the lock ends by itself.
    await store.removeIf(key, me).catch(() => {})
  }
}

async function run(flight: Flight, known: Outcome): Promise<Outcome> {
  const { config, id, token } = flight
  if (!canRemember(id, token.sub)) return { ...known, failed: Date.now() }
  const outcome = await attempt(flight, known)
  await remember(config, id, token.sub, outcome)
  return outcome
}

async function attempt({ event, config, refresh, id, token }: Flight, known: Outcome): Promise<Outcome> {
  const latest = apply(token, known)
  const abort = new AbortController()
  // As JSON: what comes from the store has been through it.
  const toOutcome = (returned: unknown): Outcome => ({ claims: JSON.parse(JSON.stringify({ ...known.claims, ...toClaims(returned, 'refresh.run', file) })) as object, at: Date.now() })
  try {
    const running = (async () => toOutcome(await refresh.run({ token: latest, signal: abort.signal }, { event, config })))()
    return await withTimeout(running, runTimeout, () => {
      abort.abort()
      // The provider may have made a new grant all the same: the next attempt needs it.
      running.then(late => remember(config, id, token.sub, late)).catch(() => {})
    })
  }
  catch (error) {
    if (isGrantGone(error)) return { isEnded: true }
    logError(`extend.refresh.run failed: ${toLogLine(error, latest)}`)
    return { ...known, failed: Date.now() }
  }
}

/** Whether the definition wants the token refreshed. Throws AUTH_R001. */
export function isDue(refresh: RuntimeRefresh, token: JWT): Awaitable<boolean> {
  return runCallback('extend.refresh.due', () => refresh.due({ token }))
}

/** The token with what a refresh brought. */
export function apply(token: JWT, { claims }: Outcome): JWT {
  return { ...token, ...claims }
}
