import { options } from '#build/nuxt-authjs/options.mjs'
import { isSession } from '../shared/session'
import type { Session } from '../shared/types'
import type { AuthContext } from './client'
import { reenter } from './rules'
import { bringState, toSkew } from './state'
import type { AuthState } from './state'

export interface SessionActions {
  /** Asks the server once, however many ask at the same time. Keeps the last session when that fails, and sets `error`. */
  refresh: () => Promise<Session | null>
  /** Takes an answer as the session. Throws on whatever is none, and keeps the last one. `isLeaving`: this page goes elsewhere itself. */
  keep: (answer: unknown, isLeaving?: boolean) => Session | null
}

/** Keeps an answer of the server as the session, here and in the visitor's other tabs. */
export type Share = (answer: unknown) => Session | null

export function createSession({ nuxtApp, fetch }: AuthContext, state: AuthState): SessionActions {
  const { session, asked, error } = state
  let asking: Promise<Session | null> | undefined

  function keep(answer: unknown, isLeaving = false): Session | null {
    const now = Date.now() - state.skew
    if (answer !== null && !isSession(answer, now)) throw new TypeError('The answer is not a session')
    const before = session.value
    asked.value = now
    error.value = undefined
    // The server built it from the definition that `Session` was inferred from.
    const after = answer as Session | null
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      session.value = after
      void nuxtApp.callHook('auth:session', after)
      if (!after && !isLeaving && before) reenter(nuxtApp)
    }
    // Only what the page brought already: one that is rendered for everybody brings nothing.
    if (import.meta.server && 'auth' in nuxtApp.payload) bringState(nuxtApp.payload, state)
    return after
  }

  async function ask(): Promise<Session | null> {
    try {
      return keep(await fetch(`${options.basePath}/session`, { cache: 'no-store', onResponse: ({ response }: { response: Response }) => void (state.skew = toSkew(Date.parse(response.headers.get('date')!))) }))
    }
    catch (cause) {
      error.value = cause as Error
      return session.value ?? null
    }
  }

  return { keep, refresh: () => asking ??= ask().finally(() => asking = undefined) }
}
