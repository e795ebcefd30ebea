import { NuxtAuthError } from '../runtime/shared/errors'
import type { AuthRule, PublicAuthConfig } from '../runtime/shared/types'
import { requireRule } from './route-rules'

/** `auth` in nuxt.config. */
export interface ModuleOptions {
  /**
   * Where Auth.js answers, below `app.baseURL`.
   * @default '/api/auth'
   */
  basePath?: string
  /**
   * The definition, from the project's root and without its extension.
   * @default 'server/auth'
   */
  definition?: string
  /**
   * The rule of every page that says nothing itself with `definePageMeta({ auth })`.
   * @default false
   */
  protect?: AuthRule
  redirect?: {
    /**
     * Path of the app's own sign-in page. A default page where there is none.
     * @default ''
     */
    signIn?: string
    /**
     * Where somebody who is signed in goes from a page for guests.
     * @default '/'
     */
    home?: string
  }
  session?: {
    /**
     * Ask the server again when the visitor comes back to the tab, or online; at most every five seconds, and only when signed in.
     * @default true
     */
    refetchOnFocus?: boolean
    /**
     * Ask the server again every so many seconds while the tab is visible and somebody is signed in; 0 never does.
     * @default 0
     */
    refetchInterval?: number
    /**
     * Tell the visitor's other tabs of a sign-in, a sign-out and an update.
     * @default true
     */
    broadcast?: boolean
  }
}

export interface ResolvedOptions extends PublicAuthConfig { definition: string }

const known = { top: ['basePath', 'definition', 'protect', 'redirect', 'session'], redirect: ['signIn', 'home'], session: ['refetchOnFocus', 'refetchInterval', 'broadcast'] }

/** Options with defaults, checked. Pure. Throws AUTH_M004 for an unknown key and AUTH_M005 for an impossible value. */
export function resolveOptions(options: ModuleOptions): ResolvedOptions {
  refuseUnknown(options, known.top, '')
  refuseUnknown(options.redirect ?? {}, known.redirect, 'redirect.')
  refuseUnknown(options.session ?? {}, known.session, 'session.')
  const { basePath = '/api/auth', definition = 'server/auth', protect = false, redirect, session } = options
  return {
    basePath: requirePath('basePath', String(basePath).replace(/\/+$/, '')),
    definition: definition.replace(/\.[cm]?[jt]s$/, ''),
    protect: requireRule('auth.protect', protect),
    redirect: {
      signIn: redirect?.signIn ? requirePath('redirect.signIn', redirect.signIn) : '',
      home: requirePath('redirect.home', redirect?.home ?? '/'),
    },
    session: {
      refetchOnFocus: session?.refetchOnFocus ?? true,
      refetchInterval: requireSeconds('session.refetchInterval', session?.refetchInterval ?? 0),
      broadcast: session?.broadcast ?? true,
    },
  }
}

function refuseUnknown(options: object, keys: string[], prefix: string): void {
  const key = Object.keys(options).find(key => !keys.includes(key))
  if (key) throw new NuxtAuthError('AUTH_M004', { key: `${prefix}${key}`, known: keys.map(key => `auth.${prefix}${key}`).join(', ') })
}

function requireSeconds(key: string, seconds: number): number {
  // Timers hold 31 bits of milliseconds: more would fire at once.
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 2_000_000) return seconds
  throw new NuxtAuthError('AUTH_M005', { key: `auth.${key}`, value: JSON.stringify(seconds), expected: 'a number of seconds, at most 2 000 000' })
}

function requirePath(key: string, path: string): string {
  if (/^\/(?![/\\])[^\s?#\\]*$/.test(path)) return path
  throw new NuxtAuthError('AUTH_M005', { key: `auth.${key}`, value: JSON.stringify(path), expected: 'a path of this app such as \'/account\'' })
}
