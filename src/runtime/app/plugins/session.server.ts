import { defineNuxtPlugin, useNuxtApp, useRequestEvent } from '#app'
import type { NuxtApp, Plugin } from '#app'
import type { Awaitable, Session } from '../../shared/types'
import { savePayload, useAuthState } from '../state'
import type { AuthState } from '../state'

/** The part of `event.context.nuxtAuthjs` that reads the session. The app can't import the server's type. */
interface Bridge { readSession: (event: object) => Awaitable<Session | null | undefined> }

/** Hop 3: session → SSR payload. A page that is shared by all users has no session: the browser asks for it later. */
const plugin: Plugin = defineNuxtPlugin({
  name: 'nuxt-authjs:session',
  enforce: 'pre',
  async setup() {
    const event = useRequestEvent()
    const bridge: Bridge | undefined = event?.context.nuxtAuthjs
    if (event && bridge) return saveSession(useNuxtApp(), useAuthState(), bridge, event)
  },
})

// Not inside `setup`, where Nuxt restores its context after each `await`.
async function saveSession(nuxtApp: NuxtApp, state: AuthState, bridge: Bridge, event: object): Promise<void> {
  try {
    state.session.value = await bridge.readSession(event)
    if (state.session.value === undefined) return
    state.asked.value = Date.now()
    savePayload(nuxtApp, state)
  }
  catch (cause) {
    // An outage is not a sign-out: the page renders without a session, guards close, and the browser asks again.
    state.error.value = cause as Error
  }
}

export default plugin
