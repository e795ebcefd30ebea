import type { AuthEvent } from '../../shared/types'
import type { RequestConfig } from '../config/load'
import { runCallback } from '../callbacks/run'
import { canAnswer } from '../http/cookies'
import { toSessionId } from '../token/claims'
import type { JWT } from '../token/claims'
import { isDue, refreshOnce } from './flight'
import { recall, recallLocal, withClaims } from './outcomes'
import type { Outcome } from './outcomes'

/** A token after `refreshToken`. */
export interface Refreshed {
  /** The same object if nothing changed; null if the session has ended. */
  token: JWT | null
  /** The token is due, and could not be refreshed. */
  hasFailed: boolean
}

/**
 * The token, refreshed if `extend.refresh.due` says so. The provider is called once for all parallel requests of a
 * session, in all processes that share a store. Later requests with the old cookie get the same outcome, for a minute.
 * If the response can't set a cookie, the provider is not called: only outcomes that are already known count.
 * Throws AUTH_R001 (503) if the definition fails.
 */
export async function refreshToken(event: AuthEvent, config: RequestConfig, token: JWT): Promise<Refreshed> {
  const { refresh } = config
  if (!refresh || !await isDue(refresh, token)) return { token, hasFailed: false }
  const id = toSessionId(token)
  const outcome = canAnswer(event)
    ? await refreshOnce({ event, config, refresh, id, token })
    : await recall(config, id).catch(() => recallLocal(config, id))
  if (outcome.isEnded) return { token: null, hasFailed: false }
  const updated = withClaims(token, outcome)
  const next = JSON.stringify(updated) === JSON.stringify(token) ? token : updated
  const isLastFailed = (outcome.failedAt ?? 0) > (outcome.refreshedAt ?? 0)
  return { token: next, hasFailed: isLastFailed && await isDue(refresh, next) }
}

/**
 * The token to write into a cookie: `after`, with the provider tokens that another request may have fetched since
 * `before` was read. Claims that a callback changed keep the callback's value.
 */
export async function keepRefreshed(config: RequestConfig, before: JWT, after: JWT): Promise<JWT> {
  if (!config.refresh) return after
  const { claims = {} } = await recall(config, toSessionId(before)).catch((): Outcome => ({}))
  const isUnchanged = (claim: string) => JSON.stringify(before[claim]) === JSON.stringify(after[claim])
  const unchanged = Object.entries(claims).filter(([claim]) => isUnchanged(claim))
  return { ...after, ...Object.fromEntries(unchanged) }
}

/** True if a backend would refuse the access token. Throws AUTH_R001 (503) if `extend.refresh.expired` fails. */
export async function isExpired({ refresh }: RequestConfig, token: JWT): Promise<boolean> {
  if (!refresh?.expired) return refresh !== undefined && await isDue(refresh, token)
  return await runCallback('extend.refresh.expired', () => refresh.expired?.({ token }) ?? true)
}
