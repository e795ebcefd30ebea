import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, Awaitable } from '../../shared/types'
import { toClaims } from '../callbacks/extend'
import type { RuntimeRefresh } from '../callbacks/extend'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../callbacks/run'
import { withTimeout } from '../http/timeout'
import { logError } from '../log'
import { createMemoryStore } from '../store/memory'
import { getStore } from '../store/store'
import type { Store } from '../store/store'
import type { JWT } from '../token/claims'
import { isGrantRevoked, toLogLine } from './failure'
import { canRemember, recall, recallLocal, remember, withClaims } from './outcomes'
import type { Outcome } from './outcomes'

/** A session whose provider tokens are due. `id` is `toSessionId(token)`. */
export interface DueSession {
  event: AuthEvent
  config: RequestConfig
  refresh: RuntimeRefresh
  id: string
  token: JWT
}

/** Longest wait for the provider, in milliseconds. */
const runTimeout = 8000
/** How long a process may keep others from calling the provider, in seconds: `runTimeout`, and time for the store. */
const lockTtl = 10
/** Longest wait for another process, in milliseconds: two of them may fail in turn. */
const waitTimeout = 2 * lockTtl * 1000
/** How often a waiting process looks for the outcome of another one, in milliseconds. */
const pollInterval = 50
/** Shortest time between two attempts for one session, in milliseconds. */
const retryDelay = 5000
/** Time without attempts after the store has failed, in seconds: without it, each request would wait for the store. */
const storeRetryDelay = 1

/** The attempts of this process that are under way, by session. */
const pending = new Map<string, Promise<Outcome>>()
/** Sessions whose last attempt failed because of the store. */
const paused = createMemoryStore(10_000)

/**
 * The outcome of the attempt that is under way for this session, or of a new one. If the provider or the store
 * fails, the outcome says so. Throws AUTH_R001 (503) if the definition fails.
 */
export async function refreshOnce(session: DueSession): Promise<Outcome> {
  const { id } = session
  const attempt = pending.get(id) ?? refreshOrPause(session).finally(() => pending.delete(id))
  pending.set(id, attempt)
  return await attempt
}

async function refreshOrPause(session: DueSession): Promise<Outcome> {
  const { config, id, token } = session
  try {
    if (await paused.get(toPauseKey(id)) === null) return await refreshInTurn(session)
  }
  catch (error) {
    if (!(error instanceof NuxtAuthError) || error.code !== 'AUTH_R010') throw error
    logError(`the session could not be refreshed: ${toLogLine(error.cause ?? error, token)}`)
    await paused.set(toPauseKey(id), '', { ttl: storeRetryDelay })
  }
  return { ...await recallLocal(config, id), failedAt: Date.now() }
}

function toPauseKey(id: string): string {
  return `pause:${id}`
}

/** Calls the provider unless a recent outcome answers, or waits for the outcome of the process that is calling it. */
async function refreshInTurn(session: DueSession): Promise<Outcome> {
  const store = getStore()
  const end = Date.now() + waitTimeout
  while (Date.now() < end) {
    const known = await recall(session.config, session.id)
    if (await isRecent(session, known)) return known
    const outcome = store.isShared ? await callLocked(session, store) : await callAndRemember(session, known)
    if (outcome) return outcome
    await new Promise(resolve => setTimeout(resolve, pollInterval))
  }
  return { failedAt: Date.now() }
}

/** True if the provider need not be called: the last attempt is too recent, or its claims are still good. */
async function isRecent({ refresh, token }: DueSession, outcome: Outcome): Promise<boolean> {
  const last = Math.max(outcome.refreshedAt ?? 0, outcome.failedAt ?? 0)
  if (outcome.isEnded || Date.now() - last < retryDelay) return true
  return outcome.claims !== undefined && !await isDue(refresh, withClaims(token, outcome))
}

/** Undefined if another process has the lock. */
async function callLocked(session: DueSession, store: Store): Promise<Outcome | undefined> {
  const key = `refresh-lock:${session.id}`
  const holder = crypto.randomUUID()
  if (!await store.setIfAbsent(key, holder, { ttl: lockTtl })) return undefined
  try {
    // Another process may have finished after the last look and before the lock.
    const known = await recall(session.config, session.id)
    return await isRecent(session, known) ? known : await callAndRemember(session, known)
  }
  finally {
    // A lock that can't be removed expires.
    await store.removeIf(key, holder).catch(() => {})
  }
}

async function callAndRemember(session: DueSession, known: Outcome): Promise<Outcome> {
  const { config, id, token } = session
  if (!canRemember(id, token.sub)) return { ...known, failedAt: Date.now() }
  const outcome = await callProvider(session, known)
  await remember(config, id, token.sub, outcome)
  return outcome
}

async function callProvider({ event, config, refresh, id, token }: DueSession, known: Outcome): Promise<Outcome> {
  const latest = withClaims(token, known)
  const abort = new AbortController()
  const context = { token: latest, signal: abort.signal }
  const run = async () => toOutcome(known, await refresh.run(context, { event, config }))
  try {
    const running = run()
    return await withTimeout(running, runTimeout, () => {
      abort.abort()
      // The provider may have rotated the refresh token anyway, and the next attempt needs the new one.
      running.then(late => remember(config, id, token.sub, late)).catch(() => {})
    })
  }
  catch (error) {
    if (isGrantRevoked(error)) return { isEnded: true }
    logError(`extend.refresh.run failed: ${toLogLine(error, latest)}`)
    return { ...known, failedAt: Date.now() }
  }
}

/** The new claims on top of the known ones, as JSON: an outcome is the same now as later from the store. */
function toOutcome(known: Outcome, returned: unknown): Outcome {
  const claims: object = JSON.parse(JSON.stringify({ ...known.claims, ...toClaims(returned, 'refresh.run', file) }))
  return { claims, refreshedAt: Date.now() }
}

/** True if the definition wants this token refreshed. Throws AUTH_R001 (503) if `extend.refresh.due` fails. */
export function isDue(refresh: RuntimeRefresh, token: JWT): Awaitable<boolean> {
  return runCallback('extend.refresh.due', () => refresh.due({ token }))
}
