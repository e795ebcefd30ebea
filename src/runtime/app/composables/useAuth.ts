import { computed, readonly } from 'vue'
import type { ComputedRef, DeepReadonly, Ref } from 'vue'
import { useNuxtApp, useRequestFetch, useRuntimeConfig } from '#app'
import type { NuxtApp } from '#app'
import type { PublicAuthConfig, PublicProvider, Session, SessionStatus } from '../../shared/types'
import { createClient } from '../client'
import type { Fetch } from '../client'
import { createSession } from '../session'
import { createSignIn } from '../sign-in'
import type { SignIn, SignOut } from '../sign-in'
import { useAuthState } from '../state'

export interface Auth {
  /** The session, or null. Typed by the definition. */
  data: ComputedRef<Session | null>
  /** `session.user`, or null. */
  user: ComputedRef<Session['user'] | null>
  /** `loading` only while nobody has asked yet, as on a cached page. */
  status: ComputedRef<SessionStatus>
  lastRefreshedAt: Readonly<Ref<Date | undefined>>
  /** Why the last request failed. An outage sets it and keeps `data`. */
  error: DeepReadonly<Ref<Error | undefined>>
  /** Signs in. Credentials: without leaving the page. Other providers: the browser goes there. Never throws for a refusal. */
  signIn: SignIn
  signOut: SignOut
  /** Offers `input` to the definition's `extend.update`. Throws when the server refuses it. */
  update: (input?: unknown) => Promise<Session | null>
  /** Asks the server once, however many ask at the same time. Keeps the last session when that fails, and sets `error`. */
  refresh: () => Promise<Session | null>
  getSession: () => Promise<Session | null>
  getProviders: () => Promise<Record<string, PublicProvider>>
  getCsrfToken: () => Promise<string>
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
  const client = createClient(nuxtApp, auth as PublicAuthConfig, (app as { baseURL: string }).baseURL.replace(/\/$/, ''), useRequestFetch() as Fetch)
  const actions = createSession(client, state)
  if (import.meta.client && state.session.value === undefined) askAfterHydration(nuxtApp, actions.refresh)
  return {
    data: computed(() => state.session.value ?? null),
    user: computed(() => state.session.value?.user ?? null),
    status: computed(() => state.session.value ? 'authenticated' : state.session.value === null ? 'unauthenticated' : 'loading'),
    lastRefreshedAt: readonly(state.lastRefreshedAt),
    error: readonly(state.error),
    ...createSignIn(client, actions),
    update: actions.update,
    refresh: actions.refresh,
    getSession: actions.refresh,
    getProviders: client.getProviders,
    getCsrfToken: client.getCsrfToken,
  }
}

// A page that came without a session was rendered for everybody. Asking earlier would make its hydration mismatch.
function askAfterHydration(nuxtApp: NuxtApp, refresh: () => Promise<unknown>): void {
  if (nuxtApp.isHydrating) nuxtApp.hook('app:mounted', () => void refresh())
  else void refresh()
}
