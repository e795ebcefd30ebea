import type { Ref } from 'vue'
import { shallowRef } from 'vue'
import { useNuxtApp, useState } from '#app'
import type { Session } from '../shared/types'

export interface AuthState {
  /** `undefined` not asked · `null` signed out · object signed in. Everything else is computed from it. */
  session: Ref<Session | null | undefined>
  /** When the server was last asked, in milliseconds. Undefined where the answer is not known any more. */
  asked: Ref<number | undefined>
  error: Ref<Error | undefined>
  /** Milliseconds by which this clock is ahead of the server's, where that is more than a request takes. */
  skew: number
}

const states = new WeakMap<object, AuthState>()

/** The one state of this app (on the server: of this request). The session and the time of asking travel in the payload. */
export function useAuthState(): AuthState {
  const nuxtApp = useNuxtApp()
  const known = states.get(nuxtApp)
  if (known) return known
  const asked = useState<number | undefined>('auth:asked')
  const state: AuthState = { session: useState<Session | null | undefined>('auth'), asked, error: shallowRef(), skew: toSkew(asked.value) }
  states.set(nuxtApp, state)
  return state
}

/** How far this clock is from a moment at the server that has just been; 0 where there was none. A minute is what a slow page takes. */
export function toSkew(moment: number | undefined): number {
  const skew = Date.now() - moment!
  return Math.abs(skew) > 6e4 ? skew : 0
}
