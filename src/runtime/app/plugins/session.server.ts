import { markRaw } from 'vue'
import { defineNuxtPlugin, useRequestEvent } from '#app'
import type { Plugin } from '#app'
import type { Session } from '../../shared/types'
import { useAuthState } from '../state'

interface Bridge { readSession: (event: object) => Promise<Session | null | undefined> }

/** Hop 3: Session → SSR payload. A shared render gets none: its browser asks after hydration. */
const plugin: Plugin = defineNuxtPlugin({
  name: 'nuxt-authjs:session',
  enforce: 'pre',
  async setup() {
    const event = useRequestEvent()
    const bridge = event?.context.nuxtAuthjs as Bridge | undefined
    if (!event || !bridge) return
    const { session, error, asked } = useAuthState()
    try {
      const read = await bridge.readSession(event)
      // Rendered once and never changed: nothing has to follow it.
      session.value = read && markRaw(read)
      asked.value = session.value === undefined ? undefined : Date.now()
    }
    catch (cause) {
      // An outage is not a sign-out: the page renders without a session, guards close, and the browser asks again.
      error.value = cause as Error
    }
  },
})

export default plugin
