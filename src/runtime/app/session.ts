import { isSession } from '../shared/session'
import type { Session } from '../shared/types'
import type { AuthContext } from './client'
import type { AuthState } from './state'

export interface SessionActions {
  /** Asks the server once, however many ask at the same time. Keeps the last session when that fails, and sets `error`. */
  refresh: () => Promise<Session | null>
  /** Takes an answer of the server as the session. Throws on whatever is none, and keeps the last one. */
  keep: (answer: unknown) => Session | null
}

export function createSession({ config, fetch }: AuthContext, { session, lastRefreshedAt, error }: AuthState): SessionActions {
  let asking: Promise<Session | null> | undefined

  function keep(answer: unknown): Session | null {
    if (answer !== null && !isSession(answer)) throw new TypeError('The answer is not a session')
    // The server built it from the definition that `Session` was inferred from.
    session.value = answer as Session | null
    lastRefreshedAt.value = new Date()
    error.value = undefined
    return session.value
  }

  async function ask(): Promise<Session | null> {
    try {
      return keep(await fetch(`${config.basePath}/session`, { cache: 'no-store' }))
    }
    catch (cause) {
      error.value = cause as Error
      return session.value ?? null
    }
  }

  return { keep, refresh: () => asking ??= ask().finally(() => asking = undefined) }
}
