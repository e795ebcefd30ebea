import type { Session } from './types'

/** What Nuxt and Nitro allow a listener to return. */
type ListenerResult = void | Promise<void>

/** A redirect by a guard. A hook may set `path`: a path of this app, below `app.baseURL`. */
export interface AuthRedirect {
  /** `sign-in` the user is anonymous · `home` the user is signed in · `forbid` the rule excludes the user. */
  readonly access: 'sign-in' | 'home' | 'forbid'
  /** Path and query of the requested page. */
  readonly from: string
  path: string
}

/** Hooks of the Nuxt app: `nuxtApp.hook('auth:session', …)`. */
export interface AuthHooks {
  /** The content of the session has changed. Null: signed out. */
  'auth:session': (session: Session | null) => ListenerResult
  /** The user signed in on this page. Not called after a provider's page, which returns to a newly loaded page. */
  'auth:sign-in': (session: Session) => ListenerResult
  /** The user signed out on this page. */
  'auth:sign-out': () => ListenerResult
  /** The server accepted an `update` of this page. */
  'auth:update': (session: Session | null) => ListenerResult
  /** A guard is about to redirect the user. */
  'auth:redirect': (redirect: AuthRedirect) => ListenerResult
}

/** Hooks of the server: `nitroApp.hooks.hook('auth:redirect', …)`, for route rules. */
export interface AuthServerHooks {
  'auth:redirect': (redirect: AuthRedirect) => ListenerResult
}
