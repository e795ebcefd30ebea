import { NuxtAuthError } from '../runtime/shared/errors'
import type { AuthRule, PublicAuthConfig } from '../runtime/shared/types'
import { requireRule } from './route-rules'

/** `auth` in nuxt.config. */
export interface ModuleOptions {
  /**
   * The path of Auth.js's routes, relative to `app.baseURL`.
   * @default '/api/auth'
   */
  basePath?: string
  /**
   * The file with the definition, relative to the project's root, without its extension.
   * @default 'server/auth'
   */
  definition?: string
  /**
   * The rule of every page that doesn't set its own with `definePageMeta({ auth })`.
   * @default false
   */
  protect?: AuthRule
  redirect?: {
    /**
     * The path of the app's own sign-in page. If it is empty, a default page is shown.
     * @default ''
     */
    signIn?: string
    /**
     * The path that signed-in users are sent to from a page for guests.
     * @default '/'
     */
    home?: string
  }
  session?: {
    /**
     * Fetch the session again when a signed-in user returns to the tab or is back online, at most every five seconds.
     * @default true
     */
    refetchOnFocus?: boolean
    /**
     * Fetch the session again at this interval, in seconds, while the tab is visible and the user is signed in.
     * 0 disables it.
     * @default 0
     */
    refetchInterval?: number
    /**
     * Notify the user's other tabs of sign-ins, sign-outs and updates.
     * @default true
     */
    broadcast?: boolean
  }
}

/** The options with every default filled in. */
export interface ResolvedOptions extends PublicAuthConfig { definition: string }

const known = {
  top: ['basePath', 'definition', 'protect', 'redirect', 'session'],
  redirect: ['signIn', 'home'],
  session: ['refetchOnFocus', 'refetchInterval', 'broadcast'],
}

/**
 * The options, checked, with defaults. Pure.
 * Throws AUTH_M004 for unknown keys, AUTH_M005 for invalid values and AUTH_M010 for a page below the base path.
 */
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
  const groups = [
    ['auth.', known.top, options],
    ['auth.redirect.', known.redirect, options.redirect ?? {}],
    ['auth.session.', known.session, options.session ?? {}],
  ] as const
  const found = groups.map(([prefix, keys, values]) => ({
    unknown: Object.keys(values).filter(key => !keys.includes(key)).map(key => `\`${prefix}${key}\``),
    allowed: keys.map(key => prefix + key),
  })).filter(({ unknown }) => unknown.length > 0)
  if (found.length === 0) return
  const unknown = found.flatMap(group => group.unknown)
  const keys = `${unknown.join(', ')} ${unknown.length === 1 ? 'is not an option' : 'are not options'}`
  throw new NuxtAuthError('AUTH_M004', { keys, known: found.flatMap(({ allowed }) => allowed).join(', ') })
}

// Auth.js handles every request below the base path, so a page there could not be reached.
function refuseBelow(basePath: string, name: string, path: string): void {
  const isBelow = path === basePath || path.startsWith(`${basePath}/`)
  if (isBelow) throw new NuxtAuthError('AUTH_M010', { name, path, basePath })
}

function requireSeconds(key: string, seconds: number): number {
  // A timer's delay is a 32-bit signed number of milliseconds; a longer one fires immediately.
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 2_000_000) return seconds
  throw toInvalid(key, seconds, 'a number of seconds, at most 2 000 000')
}

function requirePath(key: string, path: string): string {
  if (/^\/(?![/\\])[^\s?#\\]*$/.test(path)) return path
  throw toInvalid(key, path, 'a path of this app such as \'/account\'')
}

function toInvalid(key: string, value: string | number, expected: string): NuxtAuthError {
  return new NuxtAuthError('AUTH_M005', { key: `auth.${key}`, value: JSON.stringify(value), expected })
}
