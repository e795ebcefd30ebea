import { shallowRef } from 'vue'
import type { Ref } from 'vue'
import { useNuxtApp, useState } from '#app'
import type { Session } from '../shared/types'

export interface AuthState {
  /** `undefined` not asked · `null` signed out · object signed in. Everything else is computed from it. */
  session: Ref<Session | null | undefined>
  lastRefreshedAt: Ref<Date | undefined>
  error: Ref<Error | undefined>
}

const states = new WeakMap<object, AuthState>()

/** The one state of this app (on the server: of this request). The session alone travels in the payload. */
export function useAuthState(): AuthState {
  const nuxtApp = useNuxtApp()
  const known = states.get(nuxtApp)
  if (known) return known
  const state: AuthState = { session: useState<Session | null | undefined>('auth', () => undefined), lastRefreshedAt: shallowRef(), error: shallowRef() }
  states.set(nuxtApp, state)
  return state
}
