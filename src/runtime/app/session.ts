import { options } from '#build/nuxt-authjs/options.mjs'
import { isSession } from '../shared/session'
import type { Session } from '../shared/types'
import type { AuthContext } from './context'
import { reenter } from './rules'
import { savePayload, toSkew } from './state'
import type { AuthState } from './state'

export interface SessionActions {
  /**
   * Asks the server for the session; calls at the same time share one request.
   * Never throws: if the request fails, it keeps the last session and sets `error`.
   */
  refresh: () => Promise<Session | null>
  /**
   * Makes an answer of the server the session. Throws a TypeError if it is not one, and keeps the last session.
   * `isLeaving`: the caller navigates itself, so the guards of the current page don't decide again.
   */
  keep: (answer: unknown, isLeaving?: boolean) => Session | null
}

/** Makes an answer of the server the session, on this page and in the user's other tabs. */
export type ShareSession = (answer: unknown) => Session | null

/** The two ways in which a session changes. */
export function createSession({ nuxtApp, fetch }: AuthContext, state: AuthState): SessionActions {
  const { session, asked, error } = state
  let asking: Promise<Session | null> | undefined

  function keep(answer: unknown, isLeaving = false): Session | null {
    const now = Date.now() - state.skew
    if (answer !== null && !isSession(answer, now)) throw new TypeError('The answer is not a session')
    const before = session.value
    asked.value = now
    error.value = undefined
    if (JSON.stringify(before) !== JSON.stringify(answer)) {
      session.value = answer
      void nuxtApp.callHook('auth:session', answer)
      if (!answer && !isLeaving && before) reenter(nuxtApp)
    }
    // Only if the page has a session in its payload: a page that is rendered for all users has none.
    if (import.meta.server && 'auth' in nuxtApp.payload) savePayload(nuxtApp, state)
    return answer
  }

  function updateSkew({ response }: { response: Response }): void {
    state.skew = toSkew(Date.parse(String(response.headers.get('date'))))
  }

  async function ask(): Promise<Session | null> {
    try {
      return keep(await fetch(`${options.basePath}/session`, { cache: 'no-store', onResponse: updateSkew }))
    }
    catch (cause) {
      error.value = cause as Error
      return session.value ?? null
    }
  }

  return { keep, refresh: () => asking ??= ask().finally(() => asking = undefined) }
}
