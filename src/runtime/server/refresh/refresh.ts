import type { AuthEvent } from '../../shared/types'
import { canAnswer } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../config/run-callback'
import { toSessionId } from '../token/claims'
import type { JWT } from '../token/claims'
import { apply, isDue, join } from './flight'
import { recall, recallOwn } from './outcomes'
import type { Outcome } from './outcomes'

/** What became of a token: null where its session has ended, and `hasFailed` where it should be fresh and is not. Unchanged, it is the same object. */
export interface Refreshed { token: JWT | null, hasFailed: boolean }

/**
 * The token, refreshed where `extend.refresh.due` says so. However many ask at once, in however many processes that share a
 * store, the provider is asked once; who comes later with the cookie from before gets what came of it, for a minute.
 * Where no cookie could reach the browser, only what is known already counts.
 */
export async function refreshToken(event: AuthEvent, config: RequestConfig, token: JWT): Promise<Refreshed> {
  const { refresh } = config
  if (!refresh || !await isDue(refresh, token)) return { token, hasFailed: false }
  const flight = { event, config, refresh, id: toSessionId(token), token }
  const outcome = canAnswer(event) ? await join(flight) : await recall(config, flight.id).catch(() => recallOwn(config, flight.id))
  if (outcome.isEnded) return { token: null, hasFailed: false }
  const applied = apply(token, outcome)
  const next = JSON.stringify(applied) === JSON.stringify(token) ? token : applied
  return { token: next, hasFailed: (outcome.failed ?? 0) > (outcome.at ?? 0) && await isDue(refresh, next) }
}

/**
 * A token on its way into a cookie, with the provider tokens that another request may have fetched since `before` was read.
 * What a callback changed meanwhile stays.
 */
export async function keepRefreshed(config: RequestConfig, before: JWT, after: JWT): Promise<JWT> {
  if (!config.refresh) return after
  const { claims = {} } = await recall(config, toSessionId(before)).catch((): Outcome => ({}))
  const untouched = Object.entries(claims).filter(([claim]) => JSON.stringify(before[claim]) === JSON.stringify(after[claim]))
  return { ...after, ...Object.fromEntries(untouched) }
}

/** Whether a backend would refuse what the token holds. */
export async function isExpired({ refresh }: RequestConfig, token: JWT): Promise<boolean> {
  if (!refresh?.expired) return refresh !== undefined && await isDue(refresh, token)
  return await runCallback('extend.refresh.expired', () => refresh.expired?.({ token }) ?? true)
}
