import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { createError, onNuxtReady, useNuxtApp } from '#app'
import type { NuxtApp } from '#app'
import { options } from '#build/nuxt-authjs/options.mjs'
import type { Session, SessionStatus } from '../../shared/types'
import type { AuthContext, Fetch } from '../client'
import type { Flows } from '../flows'
import { keepFresh } from '../freshness'
import { createPageFetch } from '../page-fetch'
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
  /** When the server last said who this is. */
  lastRefreshedAt: ComputedRef<Date | undefined>
  /** Why the last request failed. An outage sets it and keeps `data`. */
  error: ComputedRef<Error | undefined>
  /** Asks the server once, however many ask at the same time. Keeps the last session when that fails, and sets `error`. */
  refresh: () => Promise<Session | null>
  getSession: () => Promise<Session | null>
}

/** `useAuth()` where somebody is signed in: the session is never null. */
export interface RequiredAuth extends Omit<Auth, 'data' | 'user'> {
  /** The session. After a sign-out it stays the last one, until the component is gone. */
  data: ComputedRef<Session>
  user: ComputedRef<Session['user']>
}

const key = Symbol('nuxt-authjs:auth')

/**
 * Hop 4: payload → refs. The session of the visitor and what can be done with it; one object per app.
 * `required`: for what stands on a guarded page only. Throws 401 where nobody is signed in.
 */
export function useAuth(options: { required: true }): RequiredAuth
export function useAuth(options?: { required?: false }): Auth
export function useAuth({ required = false } = {}): Auth | RequiredAuth {
  const nuxtApp: NuxtApp & { [key]?: Auth } = useNuxtApp()
  const auth = nuxtApp[key] ??= createAuth(nuxtApp)
  return required ? requireAuth(auth) : auth
}

function requireAuth(auth: Auth): RequiredAuth {
  if (!auth.data.value) throw createError({ statusCode: 401, statusMessage: 'Unauthorized', fatal: true })
  // While a sign-out leaves the page, its components are still there.
  let last = auth.data.value
  const data = computed(() => last = auth.data.value ?? last)
  return { ...auth, data, user: computed(() => data.value.user) }
}

function createAuth(nuxtApp: NuxtApp): Auth {
  const state = useAuthState()
  const base = nuxtApp.$config.app.baseURL.replace(/\/$/, '')
  // One object for both ways: another one of this tab would hear its own words, late.
  const channel = import.meta.client && options.session.broadcast ? new BroadcastChannel(`nuxt-authjs:${base}${options.basePath}`) : undefined
  const context: AuthContext = { nuxtApp, base, channel, fetch: import.meta.server ? createPageFetch() : $fetch as Fetch }
  const actions = createSession(context, state)
  const { refresh } = actions
  if (import.meta.client) {
    keepFresh(context, state, actions)
    if (state.session.value === undefined) askAfterHydration(nuxtApp, refresh)
  }
  return {
    data: computed(() => state.session.value ?? null),
    user: computed(() => state.session.value?.user ?? null),
    status: computed(() => state.session.value ? 'authenticated' : state.session.value === null ? 'unauthenticated' : 'loading'),
    lastRefreshedAt: computed(() => state.asked.value ? new Date(state.asked.value) : undefined),
    error: computed(() => state.error.value),
    refresh,
    getSession: refresh,
    ...createLazyFlows(context, actions),
  }
}

/** The flows as functions that load them. Most pages only read. */
function createLazyFlows(context: AuthContext, actions: SessionActions): Flows {
  let flows: Flows | undefined
  // A chunk that did not arrive is asked for again next time.
  const load = async () => flows ??= (await import('../flows')).createFlows(context, actions)
  // So that it is there when somebody acts.
  onNuxtReady(() => void load().catch(() => {}))
  // Each calls its namesake with what it was given.
  const call = <Name extends keyof Flows>(name: Name) => (async (...args: never[]) => await ((await load())[name] as (...args: never[]) => unknown)(...args)) as unknown as Flows[Name]
  return { signIn: call('signIn'), signOut: call('signOut'), update: call('update'), getProviders: call('getProviders'), getCsrfToken: call('getCsrfToken') }
}

// A page that came without a session was rendered for everybody. Asking earlier would make its hydration mismatch.
function askAfterHydration(nuxtApp: NuxtApp, refresh: () => Promise<unknown>): void {
  if (nuxtApp.isHydrating) nuxtApp.hooks.hookOnce('app:suspense:resolve', () => void refresh())
  else void refresh()
}
