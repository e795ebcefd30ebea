import { computed, readonly } from 'vue'
import type { ComputedRef, DeepReadonly, Ref } from 'vue'
import { useNuxtApp, useRequestFetch, useRuntimeConfig } from '#app'
import type { NuxtApp } from '#app'
import type { PublicAuthConfig, Session, SessionStatus } from '../../shared/types'
import type { AuthContext, Fetch } from '../client'
import type { Flows } from '../flows'
import { createSession } from '../session'
import type { SessionActions } from '../session'
import { useAuthState } from '../state'

export interface Auth extends Flows {
  /** The session, or null. Typed by the definition. */
  data: ComputedRef<Session | null>
  /** `session.user`, or null. */
  user: ComputedRef<Session['user'] | null>
  /** `loading` only while nobody has asked yet, as on a cached page. */
  status: ComputedRef<SessionStatus>
  lastRefreshedAt: Readonly<Ref<Date | undefined>>
  /** Why the last request failed. An outage sets it and keeps `data`. */
  error: DeepReadonly<Ref<Error | undefined>>
  /** Asks the server once, however many ask at the same time. Keeps the last session when that fails, and sets `error`. */
  refresh: () => Promise<Session | null>
  getSession: () => Promise<Session | null>
}

const auths = new WeakMap<NuxtApp, Auth>()

/** Hop 4: payload → refs. The session of the visitor and what can be done with it; one object per app. */
export function useAuth(): Auth {
  const nuxtApp = useNuxtApp()
  const known = auths.get(nuxtApp)
  if (known) return known
  const auth = createAuth(nuxtApp)
  auths.set(nuxtApp, auth)
  return auth
}

function createAuth(nuxtApp: NuxtApp): Auth {
  const { app, public: { auth } } = useRuntimeConfig()
  const state = useAuthState()
  // What the module itself put into runtime config; and on the server the fetch of this request, cookies included.
  const context: AuthContext = { nuxtApp, config: auth as PublicAuthConfig, base: (app as { baseURL: string }).baseURL.replace(/\/$/, ''), fetch: useRequestFetch() as Fetch }
  const actions = createSession(context, state)
  const { refresh } = actions
  if (import.meta.client && state.session.value === undefined) askAfterHydration(nuxtApp, refresh)
  return {
    data: computed(() => state.session.value ?? null),
    user: computed(() => state.session.value?.user ?? null),
    status: computed(() => state.session.value ? 'authenticated' : state.session.value === null ? 'unauthenticated' : 'loading'),
    lastRefreshedAt: readonly(state.lastRefreshedAt),
    error: readonly(state.error),
    refresh,
    getSession: refresh,
    ...createLazyFlows(context, actions),
  }
}

/** The flows as functions that load them. Most pages only read. */
function createLazyFlows(context: AuthContext, actions: SessionActions): Flows {
  let loading: Promise<Flows> | undefined
  // A chunk that did not arrive is asked for again next time.
  const load = () => loading ??= import('../flows').then(({ createFlows }) => createFlows(context, actions)).catch((cause) => {
    loading = undefined
    throw cause
  })
  return {
    signIn: async (...args) => (await load()).signIn(...args),
    signOut: async (...args) => (await load()).signOut(...args),
    update: async (...args) => (await load()).update(...args),
    getProviders: async () => (await load()).getProviders(),
    getCsrfToken: async () => (await load()).getCsrfToken(),
  }
}

// A page that came without a session was rendered for everybody. Asking earlier would make its hydration mismatch.
function askAfterHydration(nuxtApp: NuxtApp, refresh: () => Promise<unknown>): void {
  if (nuxtApp.isHydrating) nuxtApp.hooks.hookOnce('app:suspense:resolve', () => void refresh())
  else void refresh()
}
