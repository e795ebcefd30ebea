import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { createError, onNuxtReady, useNuxtApp } from '#app'
import type { NuxtApp } from '#app'
import { options } from '#build/nuxt-authjs/options.mjs'
import type { Session, SessionStatus } from '../../shared/types'
import { getBase } from '../context'
import type { AuthContext, Fetch } from '../context'
import type { Verbs } from '../flows/verbs'
import { keepFresh } from '../freshness'
import { createPageFetch } from '../page-fetch'
import { createSession } from '../session'
import type { SessionActions } from '../session'
import { useAuthState } from '../state'
import type { AuthState } from '../state'

export interface Auth extends Verbs {
  /** The session, or null. Typed by the definition. */
  data: ComputedRef<Session | null>
  /** `session.user`, or null. */
  user: ComputedRef<Session['user'] | null>
  /** `loading` until the server has been asked, as on a cached page. */
  status: ComputedRef<SessionStatus>
  /** When the server last answered who is signed in. */
  lastRefreshedAt: ComputedRef<Date | undefined>
  /** Why the last request failed. An outage sets it and keeps `data`. */
  error: ComputedRef<Error | undefined>
  /**
   * Asks the server for the session; calls at the same time share one request.
   * Never throws: if the request fails, it keeps the last session and sets `error`.
   */
  refresh: () => Promise<Session | null>
  /** The same as `refresh`. */
  getSession: () => Promise<Session | null>
}

/** `useAuth({ required: true })`: the session is never null. */
export interface RequiredAuth extends Omit<Auth, 'data' | 'user'> {
  /** The session. After a sign-out it stays the last session, until the component is unmounted. */
  data: ComputedRef<Session>
  user: ComputedRef<Session['user']>
}

const key = Symbol('nuxt-authjs:auth')

/**
 * Hop 4: payload → refs. The session of the user and the verbs that change it; one object per app.
 * `required`: for components that only guarded pages show. Throws 401 if the user is not signed in.
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
  // The components of a page are still mounted while a sign-out leaves it.
  let last = auth.data.value
  const data = computed(() => last = auth.data.value ?? last)
  return { ...auth, data, user: computed(() => data.value.user) }
}

function createAuth(nuxtApp: NuxtApp): Auth {
  const state = useAuthState()
  const context = createContext(nuxtApp)
  const actions = createSession(context, state)
  const { refresh } = actions
  if (import.meta.client) {
    keepFresh(context, state, actions)
    if (state.session.value === undefined) askAfterHydration(nuxtApp, refresh)
  }
  return {
    data: computed(() => state.session.value ?? null),
    user: computed(() => state.session.value?.user ?? null),
    status: computed(() => toStatus(state)),
    lastRefreshedAt: computed(() => state.asked.value ? new Date(state.asked.value) : undefined),
    error: computed(() => state.error.value),
    refresh,
    getSession: refresh,
    ...createLazyVerbs(context, actions),
  }
}

function createContext(nuxtApp: NuxtApp): AuthContext {
  const base = getBase(nuxtApp)
  const hasChannel = import.meta.client && options.session.broadcast
  return {
    nuxtApp,
    base,
    // One channel for sending and receiving: a second one in this tab would receive the tab's own messages.
    channel: hasChannel ? new BroadcastChannel(`nuxt-authjs:${base}${options.basePath}`) : undefined,
    // Nitro types `$fetch` by the routes of each app.
    fetch: import.meta.server ? createPageFetch() : $fetch as Fetch,
  }
}

function toStatus({ session }: AuthState): SessionStatus {
  if (session.value) return 'authenticated'
  return session.value === null ? 'unauthenticated' : 'loading'
}

/** The verbs as functions that load them on first use, because most pages only read the session. */
function createLazyVerbs(context: AuthContext, actions: SessionActions): Verbs {
  let verbs: Verbs | undefined
  // If the chunk can't be loaded, the next call tries again.
  const load = async () => verbs ??= (await import('../flows/verbs')).createVerbs(context, actions)
  // Loads them before the user acts.
  onNuxtReady(() => void load().catch(() => {}))
  return {
    signIn: async (...args) => (await load()).signIn(...args),
    signOut: async (...args) => (await load()).signOut(...args),
    update: async (...args) => (await load()).update(...args),
    getProviders: async () => (await load()).getProviders(),
    getCsrfToken: async () => (await load()).getCsrfToken(),
  }
}

/** A page without a session was rendered for all users. An answer before hydration would cause a mismatch. */
function askAfterHydration(nuxtApp: NuxtApp, refresh: () => Promise<unknown>): void {
  if (nuxtApp.isHydrating) nuxtApp.hooks.hookOnce('app:suspense:resolve', () => void refresh())
  else void refresh()
}
