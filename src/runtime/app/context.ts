import type { NuxtApp } from '#app'
import type { Router } from 'vue-router'

/** The part of ofetch that the module uses. `T` is the type of the parsed response body, unchecked. */
export type Fetch = <T = unknown>(path: string, options?: FetchOptions) => Promise<T>

export interface FetchOptions {
  method?: 'POST'
  body?: object
  headers?: Record<string, string>
  cache?: 'no-store'
  ignoreResponseError?: boolean
  onResponse?: (context: { response: Response }) => void
}

/** One Nuxt app and its connections: to the server and to its other tabs. */
export interface AuthContext {
  nuxtApp: NuxtApp
  /** `app.baseURL` without its trailing slash. */
  base: string
  /** Shared by the tabs of this app. Undefined on the server, and if `session.broadcast` is off. */
  channel: BroadcastChannel | undefined
  fetch: Fetch
}

/** `app.baseURL` without its trailing slash. */
export function getBase({ $config }: NuxtApp): string {
  return $config.app.baseURL.replace(/\/$/, '')
}

/** The app's router, on both sides of an `await`, where `useRouter()` can't be called. */
export function getRouter({ $router }: NuxtApp): Router {
  // Nuxt types `$router` in generated files of each app only.
  return $router as Router
}
