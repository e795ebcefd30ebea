import { defineNuxtPlugin, useRequestEvent } from '#app'
import type { Plugin } from '#app'
import type { Awaitable, Session } from '../../shared/types'
import { bringState, useAuthState } from '../state'
import type { AuthState } from '../state'

interface Bridge { readSession: (event: object) => Awaitable<Session | null | undefined> }

/** Hop 3: Session → SSR payload. A shared render gets none: its browser asks after hydration. */
const plugin: Plugin = defineNuxtPlugin({
  name: 'nuxt-authjs:session',
  enforce: 'pre',
  async setup({ payload }) {
    const event = useRequestEvent()
    const bridge = event?.context.nuxtAuthjs as Bridge | undefined
    if (event && bridge) return bring(payload, () => bridge.readSession(event), useAuthState())
  },
})

// Beside the plugin, in which Nuxt would keep its context over each `await`.
async function bring(payload: object, read: () => ReturnType<Bridge['readSession']>, state: AuthState): Promise<void> {
  try {
    state.session.value = await read()
    // What is for everybody brings nothing.
    if (state.session.value === undefined) return
    state.asked.value = Date.now()
    bringState(payload, state)
  }
  catch (cause) {
    // An outage is not a sign-out: the page renders without a session, guards close, and the browser asks again.
    state.error.value = cause as Error
  }
}

export default plugin
