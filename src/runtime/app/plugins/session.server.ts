import { defineNuxtPlugin, useRequestEvent } from '#app'
import type { NuxtApp, Plugin } from '#app'
import type { Session } from '../../shared/types'
import { useAuthState } from '../state'
import type { Brought } from '../state'

interface Bridge { readSession: (event: object) => Promise<Session | null | undefined> }

/** Hop 3: Session → SSR payload. A shared render gets none: its browser asks after hydration. */
const plugin: Plugin = defineNuxtPlugin({
  name: 'nuxt-authjs:session',
  enforce: 'pre',
  async setup(nuxtApp: NuxtApp) {
    const event = useRequestEvent()
    const bridge = event?.context.nuxtAuthjs as Bridge | undefined
    if (!event || !bridge) return
    const { session, error, asked } = useAuthState()
    try {
      session.value = await bridge.readSession(event)
      // What is for everybody brings nothing.
      if (session.value === undefined) return
      asked.value = Date.now()
      Object.assign(nuxtApp.payload, { auth: { session, asked } satisfies Brought })
    }
    catch (cause) {
      // An outage is not a sign-out: the page renders without a session, guards close, and the browser asks again.
      error.value = cause as Error
    }
  },
})

export default plugin
