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

/** Options with defaults, checked. Pure. Throws AUTH_M004 for unknown keys, AUTH_M005 for an impossible value, AUTH_M010 for a page below the base path. */
export function resolveOptions(options: ModuleOptions): ResolvedOptions {
  refuseUnknown(options)
  const { definition = 'server/auth', protect = false, redirect, session } = options
  const basePath = requirePath('basePath', String(options.basePath ?? '/api/auth').replace(/\/+$/, ''))
  for (const key of ['signIn', 'home'] as const) refuseBelow(basePath, `auth.redirect.${key}`, redirect?.[key] ?? '')
  return {
    basePath,
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

function refuseUnknown(options: ModuleOptions): void {
  const { top, ...groups } = known
  const all = { '': [options, top], 'redirect.': [options.redirect ?? {}, groups.redirect], 'session.': [options.session ?? {}, groups.session] } as const
  const found = Object.entries(all).map(([prefix, [values, keys]]) => {
    const unknown = Object.keys(values).filter(key => !keys.includes(key)).map(key => `\`auth.${prefix}${key}\``)
    return { unknown, allowed: unknown.length > 0 ? keys.map(key => `auth.${prefix}${key}`) : [] }
  })
  const unknown = found.flatMap(({ unknown }) => unknown)
  if (unknown.length === 0) return
  const keys = `${unknown.join(', ')} ${unknown.length === 1 ? 'is not an option' : 'are not options'}`
  throw new NuxtAuthError('AUTH_M004', { keys, known: found.flatMap(({ allowed }) => allowed).join(', ') })
}

// Auth.js answers there in place of the app's pages.
function refuseBelow(basePath: string, name: string, path: string): void {
  if (path === basePath || path.startsWith(`${basePath}/`)) throw new NuxtAuthError('AUTH_M010', { name, path, basePath })
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
