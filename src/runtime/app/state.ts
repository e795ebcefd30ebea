import type { Ref } from 'vue'
import { shallowRef, toRaw } from 'vue'
import { useNuxtApp } from '#app'
import type { NuxtApp } from '#app'
import type { Session } from '../shared/types'

export interface AuthState {
  /** `undefined` not asked · `null` signed out · object signed in. Everything else is computed from it. */
  session: Ref<Session | null | undefined>
  /** When the server was last asked, in milliseconds by its own clock. Undefined once that answer may be outdated. */
  asked: Ref<number | undefined>
  /** Why the last request failed. */
  error: Ref<(Error & { statusCode?: number }) | undefined>
  /** Milliseconds by which the browser's clock is ahead of the server's; 0 if the difference is below a minute. */
  skew: number
  /** True once a verb has answered this request with a redirect. On the server only. */
  isLeaving?: boolean
}

/** The part of the state that the page's payload carries to the browser. */
interface SavedState { session?: Session | null, asked?: number }

const key = Symbol('nuxt-authjs')

/** The state of this app; on the server, of this request. Stored on the Nuxt app, and gone with it. */
export function useAuthState(): AuthState {
  const nuxtApp: NuxtApp & { [key]?: AuthState } = useNuxtApp()
  return nuxtApp[key] ??= createState(nuxtApp)
}

function createState({ payload: { auth } }: NuxtApp): AuthState {
  const { session, asked }: SavedState = typeof auth === 'string' ? JSON.parse(auth) : {}
  return { session: shallowRef(session), asked: shallowRef(asked), error: shallowRef(), skew: toSkew(asked) }
}

/**
 * Saves the state in the page's payload, on the server.
 * As one string, because Nuxt runs each of its reducers on every value of an object.
 * On the raw payload, because nothing watches it on the server.
 */
export function savePayload({ payload }: NuxtApp, { session, asked }: AuthState): void {
  const saved: SavedState = { session: session.value, asked: asked.value }
  toRaw(payload).auth = JSON.stringify(saved)
}

/**
 * The difference, in milliseconds, between this clock and `moment`, which the server's clock has just shown.
 * 0 without a moment, and for less than a minute, which a slow response may take.
 */
export function toSkew(moment = NaN): number {
  const skew = Date.now() - moment
  return Math.abs(skew) > 6e4 ? skew : 0
}
