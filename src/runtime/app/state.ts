import type { Ref } from 'vue'
import { shallowRef } from 'vue'
import { useNuxtApp } from '#app'
import type { NuxtApp } from '#app'
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

/** What of the state travels in the payload. As refs, so that a page brings what it knew in the end. */
export type Brought = Pick<AuthState, 'session' | 'asked'>

const key = Symbol('nuxt-authjs')

/** The one state of this app (on the server: of this request). Kept with the app, and gone with it. */
export function useAuthState(): AuthState {
  const nuxtApp: NuxtApp & { [key]?: AuthState } = useNuxtApp()
  return nuxtApp[key] ??= createState(nuxtApp.payload as { auth?: Brought })
}

function createState({ auth: { session, asked } = { session: shallowRef(), asked: shallowRef() } }: { auth?: Brought }): AuthState {
  return { session, asked, error: shallowRef(), skew: toSkew(asked.value) }
}

/** How far this clock is from a moment at the server that has just been; 0 where there was none. A minute is what a slow page takes. */
export function toSkew(moment: number | undefined): number {
  const skew = Date.now() - moment!
  return Math.abs(skew) > 6e4 ? skew : 0
}
