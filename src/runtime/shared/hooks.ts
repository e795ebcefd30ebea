import type { Session } from './types'

/** What Nuxt and Nitro allow a listener to return. */
type Heard = void | Promise<void>

/** Where a guard sends somebody. A hook may set `path`: a path of this app, below `app.baseURL`. */
export interface AuthRedirect {
  /** `sign-in` a stranger · `home` somebody who is signed in already · `forbid` the wrong person, by the rule's `redirectTo`. */
  readonly access: 'sign-in' | 'home' | 'forbid'
  /** Path and query that were asked for. */
  readonly from: string
  path: string
}

/** Hooks of the Nuxt app: `nuxtApp.hook('auth:session', …)`. */
export interface AuthHooks {
  /** The session has another content than before; null: signed out. */
  'auth:session': (session: Session | null) => Heard
  /** Somebody signed in on this page. Not after a provider's page, from where the visitor comes back to a new one. */
  'auth:sign-in': (session: Session) => Heard
  /** The visitor signed out on this page. */
  'auth:sign-out': () => Heard
  /** `update` was accepted on this page. */
  'auth:update': (session: Session | null) => Heard
  /** A guard is about to send somebody elsewhere. */
  'auth:redirect': (redirect: AuthRedirect) => Heard
}

/** Hooks of the server: `nitroApp.hooks.hook('auth:redirect', …)`, for route rules. */
export interface AuthServerHooks {
  'auth:redirect': (redirect: AuthRedirect) => Heard
}
