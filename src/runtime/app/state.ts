import type { Ref } from 'vue'
import { shallowRef, toRaw } from 'vue'
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
  /** True once this request is answered with a redirect by a verb. On the server. */
  isLeaving?: boolean
}

/** What of the state travels in the payload. */
interface Brought { session?: Session | null, asked?: number }

const key = Symbol('nuxt-authjs')

/** The one state of this app (on the server: of this request). Kept with the app, and gone with it. */
export function useAuthState(): AuthState {
  const nuxtApp: NuxtApp & { [key]?: AuthState } = useNuxtApp()
  return nuxtApp[key] ??= createState(nuxtApp.payload as { auth?: string })
}

function createState({ auth }: { auth?: string }): AuthState {
  const { session, asked }: Brought = auth === undefined ? {} : JSON.parse(auth) as Brought
  return { session: shallowRef(session), asked: shallowRef(asked), error: shallowRef(), skew: toSkew(asked) }
}

/** Puts into the payload what the page knows. As one text: of an object Nuxt looks at each value, with each of its reducers. Nobody watches the payload on a server. */
export function bringState(payload: object, { session, asked }: AuthState): void {
  const plain: { auth?: string } = toRaw(payload)
  plain.auth = JSON.stringify({ session: session.value, asked: asked.value } satisfies Brought)
}

/** How far this clock is from a moment at the server that has just been; 0 where there was none. A minute is what a slow page takes. */
export function toSkew(moment: number | undefined): number {
  const skew = Date.now() - moment!
  return Math.abs(skew) > 6e4 ? skew : 0
}
