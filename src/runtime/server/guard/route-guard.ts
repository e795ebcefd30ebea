import { routes } from '#nuxt-authjs/languages'
import { options } from '#nuxt-authjs/options'
import { rules, signInPaths } from '#nuxt-authjs/rules'
import { decideStrictest } from '../../shared/access'
import { BoundedMap } from '../../shared/bounded-map'
import { isBelow, toCallbackPath, withBase } from '../../shared/callback-url'
import type { AuthRedirect } from '../../shared/hooks'
import { toLanguageOf } from '../../shared/languages'
import { findPathRule, findWrittenRule, isAbout, shells, toGuardPaths, toWritten } from '../../shared/paths'
import type { PathRule } from '../../shared/paths'
import type { AuthEvent, AuthRule, Awaitable } from '../../shared/types'
import { getBase, getRuntimeConfig } from '../config/environment'
import { getPaths, getRequestParts } from '../http/request'
import type { RequestParts } from '../http/request'
import { toEvent } from '../http/upgrade'
import type { UpgradeRequest } from '../http/upgrade'
import { getServerSession } from '../session/session'
import { findExemption, toLowerCase } from './exemption'
import type { NeededPaths } from './exemption'
import { requireSession, toLeftOut, toRefusal } from './require-session'
import type { SessionRule } from './require-session'

/** Calls the app's `auth:redirect` hook, which may change `path`. */
export type RedirectHook = (redirect: AuthRedirect) => Promise<unknown>

/** True if any route has a rule. */
export const hasRouteRules = rules.length > 0

/**
 * Guards a request by `routeRules[…].auth`, before any handler, redirect, proxy, cache or file answers it. Returns
 * undefined to let it through, or the redirect of a page. Throws 401 or 403 for other requests, AUTH_R001 (503).
 */
export function guardRoute(event: AuthEvent, callHook: RedirectHook): Awaitable<Response | undefined> {
  const found = findRules(event)
  return found.every(rule => rule === false) ? undefined : checkRules(event, found, callHook)
}

async function checkRules(event: AuthEvent, rules: AuthRule[], callHook: RedirectHook): Promise<Response | undefined> {
  const { access, rule } = decideStrictest(rules, await getServerSession(event))
  if (access === 'allow') return undefined
  const base = getBase(event)
  const parts = getRequestParts(event)
  if (!isDocument(parts, base)) throw toRefusal(access)
  const redirect = toRedirect(access, rule, parts.path, base)
  await callHook(redirect)
  const location = toLocation(redirect, base)
  if (!location) throw toRefusal(access)
  const headers = { location, 'cache-control': 'private, no-store', 'vary': 'Cookie' }
  return new Response(null, { status: 302, headers })
}

/**
 * Keeps guarded routes, and all routes below the base path, out of prerendering: throws a 401 that the build
 * recognizes.
 */
export function guardPrerender(event: AuthEvent): void {
  const paths = getPaths(event).flatMap(path => toGuardPaths(path, getBase(event)))
  if (paths.some(path => shells.includes(path))) return
  const isGuarded = paths.some(path => isAbout(path, options.basePath)) || findRules(event).some(rule => rule !== false)
  if (isGuarded) throw toLeftOut()
}

/** Guards a WebSocket, whose upgrade request reaches no handler. Throws an error that refuses the upgrade. */
export async function guardUpgrade(request: UpgradeRequest): Promise<void> {
  for (const rule of findRules(toEvent(request))) {
    if (rule === false) continue
    // A guest rule allows no session, so it refuses every WebSocket.
    await requireSession(request, rule as SessionRule)
  }
}

/** Longest path whose rules are cached. */
const maxLength = 256
const cached = new BoundedMap<string, AuthRule[]>(1000)

/** The rules of all paths that a handler could read this request as. */
function findRules(event: AuthEvent): AuthRule[] {
  const paths = getPaths(event)
  const [path = ''] = paths
  if (paths.length > 1 || path.length > maxLength) return resolveRules(event, paths)
  const known = cached.get(path)
  if (known) return known
  const resolved = resolveRules(event, paths)
  cached.set(path, resolved)
  return resolved
}

function resolveRules(event: AuthEvent, sent: string[]): AuthRule[] {
  const base = getBase(event)
  const needed = getNeeded(event)
  const lower = toLowerCase(needed)
  // A path that equals an exempt one only in another case or encoding may reach a handler that the rule closes.
  const isExempt = sent.every(path => findExemption(toWritten(path, base) ?? '', needed) !== undefined)
  const exempt = (path: string, paths: NeededPaths) => isExempt ? findExemption(path, paths) : undefined
  const readings = [...new Set(sent.flatMap(path => toGuardPaths(path, base)))]
  const written = sent.map(path => toWritten(path, base)).filter(path => path !== undefined)
  return [
    ...readings.flatMap(path => toRules(findPathRule(rules, path), exempt(path, lower))),
    ...written.flatMap(path => toRules(findWrittenRule(rules, path), exempt(path, needed))),
  ]
}

/** A rule, unless the path is exempt and the rule covers more than the exempt path. */
function toRules(found: PathRule<AuthRule> | undefined, exemption: string | undefined): AuthRule[] {
  if (!found) return []
  const [, rule, , pattern] = found
  return exemption === undefined || isAbout(pattern, exemption) ? [rule] : []
}

function getNeeded(event: AuthEvent): NeededPaths {
  const folder = getRuntimeConfig(event).app.buildAssetsDir.replace(/^\/+|\/+$/g, '')
  return { basePath: options.basePath, signIn: signInPaths, assets: folder && `/${folder}` }
}

/** The redirect of a page before the app's hook; `path` is empty without a target. */
function toRedirect(access: AuthRedirect['access'], rule: AuthRule, from: string, base: string): AuthRedirect {
  const ofRule = typeof rule === 'object' ? rule.redirectTo : undefined
  const paths = { 'home': options.redirect.home, 'sign-in': options.redirect.signIn, 'forbid': ofRule ?? '' }
  const path = paths[access]
  return { access, from, path: path && toLanguageOf(withoutBase(from, base), path, routes) }
}

/** The `Location` header; undefined if the page has no target. A sign-in leads back to the page. */
function toLocation({ access, from, path }: AuthRedirect, base: string): string | undefined {
  if (access !== 'sign-in') return path ? withBase(path, base) : undefined
  const query = new URLSearchParams({ callbackUrl: toCallbackPath(from, 'http://localhost', `${base}/`) })
  return `${withBase(path || `${options.basePath}/signin`, base)}?${query}`
}

function withoutBase(path: string, base: string): string {
  return base !== '' && isBelow(path, base) ? path.slice(base.length) || '/' : path
}

const assetPattern = /^\/+(?:api|_nuxt|__nuxt_island)(?:\/|$)|_payload\.js(?:on)?(?:\?|$)/i

/** True for a page that a browser opens. Scripts, APIs and payloads get a status instead of a redirect. */
function isDocument({ method, path, headers }: RequestParts, base: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  if (assetPattern.test(path.slice(base.length))) return false
  return /text\/html|\*\/\*/.test(headers.get('accept') ?? '*/*')
}
