import { routes } from '#nuxt-authjs/languages'
import { options } from '#nuxt-authjs/options'
import { rules, signInPaths } from '#nuxt-authjs/rules'
import { decideStrictest } from '../../shared/access'
import { BoundedMap } from '../../shared/bounded-map'
import type { AuthRedirect } from '../../shared/hooks'
import { isBelow, toCallbackPath, withBase } from '../../shared/callback-url'
import { toLanguageOf } from '../../shared/languages'
import { findPathRule, findWrittenRule, isAbout, toGuardPaths, toWritten } from '../../shared/paths'
import type { PathRule } from '../../shared/paths'
import { shells } from '../../shared/prerender'
import type { AuthEvent, AuthRule, Awaitable } from '../../shared/types'
import { getBase, getRuntimeConfig } from '../config/environment'
import { findExemption, toLowerCase } from './exemption'
import type { NeededPaths } from './exemption'
import { requireSession, toLeftOut, toRefusal } from './require-session'
import type { SessionRule } from './require-session'
import { getPaths, getRequestParts } from '../http/request'
import type { RequestParts } from '../http/request'
import { getServerSession } from '../session/session'
import { toEvent } from '../http/upgrade'
import type { UpgradeRequest } from '../http/upgrade'

/** Tells the app's hooks, which may change where a redirect goes. */
export type Tell = (redirect: AuthRedirect) => Promise<unknown>

/** True where some route has a rule: only then is there anything to ask a request. */
export const hasRouteRules = rules.length > 0

/**
 * Decides by `routeRules[…].auth`, before any handler, redirect, proxy, cache or file answers.
 * Returns the redirect of a page, throws 401 or 403 for everything else, and undefined lets the request through.
 */
export function guardRoute(event: AuthEvent, tell: Tell): Awaitable<Response | undefined> {
  const found = findRules(event)
  return found.every(rule => rule === false) ? undefined : decide(event, found, tell)
}

async function decide(event: AuthEvent, rules: AuthRule[], tell: Tell): Promise<Response | undefined> {
  const { access, rule } = decideStrictest(rules, await getServerSession(event))
  if (access === 'allow') return undefined
  const base = getBase(event)
  const parts = getRequestParts(event)
  const target = isDocument(parts, base) ? await toTarget(access, rule, parts.path, base, tell) : undefined
  if (!target) throw toRefusal(access)
  return new Response(null, { status: 302, headers: { 'location': target, 'cache-control': 'private, no-store', 'vary': 'Cookie' } })
}

/** Keeps guarded routes, and everything below the base path, out of prerendering. Throws the 401 that tells the build. */
export function guardPrerender(event: AuthEvent): void {
  const paths = getPaths(event).flatMap(path => toGuardPaths(path, getBase(event)))
  if (paths.some(path => shells.includes(path))) return
  const isGuarded = paths.some(path => isAbout(path, options.basePath)) || findRules(event).some(rule => rule !== false)
  if (isGuarded) throw toLeftOut()
}

/** The same for a WebSocket, whose upgrade passes no handler. Throws what refuses it. */
export async function guardUpgrade(request: UpgradeRequest): Promise<void> {
  for (const rule of findRules(toEvent(request)).filter(rule => rule !== false)) await requireSession(request, rule as SessionRule)
}

/** The rules of addresses up to this length are cached. */
const maxLength = 256
const known = new BoundedMap<string, AuthRule[]>(1000)

/** The rules of every path that this request could be taken for. The same few addresses come again and again. */
function findRules(event: AuthEvent): AuthRule[] {
  const addresses = getPaths(event)
  const [address = ''] = addresses
  if (addresses.length > 1 || address.length > maxLength) return resolveRules(event, addresses)
  const found = known.get(address)
  if (found) return found
  const resolved = resolveRules(event, addresses)
  known.set(address, resolved)
  return resolved
}

function resolveRules(event: AuthEvent, addresses: string[]): AuthRule[] {
  const base = getBase(event)
  const needed = getNeeded(event)
  const folded = toLowerCase(needed)
  // A path that only reads like an exempt one, in another case or encoding, may be served by a handler that the rule closes.
  const isExempt = addresses.every(address => findExemption(toWritten(address, base) ?? '', needed) !== undefined)
  const paths = new Set(addresses.flatMap(address => toGuardPaths(address, base)))
  const ofReadings = [...paths].flatMap(path => without(findPathRule(rules, path), isExempt ? findExemption(path, folded) : undefined))
  const ofWritten = addresses.flatMap((address) => {
    const written = toWritten(address, base)
    return written === undefined ? [] : without(findWrittenRule(rules, written), isExempt ? findExemption(written, needed) : undefined)
  })
  return [...ofReadings, ...ofWritten]
}

// A rule for every path leaves open what signing in needs, unless the app wrote the rule about just that.
function without(found: PathRule<AuthRule> | undefined, exemption: string | undefined): AuthRule[] {
  if (!found) return []
  const [, rule, , pattern] = found
  return exemption === undefined || isAbout(pattern, exemption) ? [rule] : []
}

function getNeeded(event: AuthEvent): NeededPaths {
  const folder = getRuntimeConfig(event).app.buildAssetsDir.replace(/^\/+|\/+$/g, '')
  return { basePath: options.basePath, signIn: signInPaths, assets: folder && `/${folder}` }
}

/** Where a page's visitor goes instead. The app's hook has the last word. */
async function toTarget(access: AuthRedirect['access'], rule: AuthRule, from: string, base: string, tell: Tell): Promise<string | undefined> {
  const ofRule = typeof rule === 'object' ? rule.redirectTo : undefined
  const path = { 'home': options.redirect.home, 'sign-in': options.redirect.signIn, 'forbid': ofRule ?? '' }[access]
  const target: AuthRedirect = { access, from, path: path && toLanguageOf(withoutBase(from, base), path, routes) }
  await tell(target)
  if (access !== 'sign-in') return target.path ? withBase(target.path, base) : undefined
  const query = new URLSearchParams({ callbackUrl: toCallbackPath(from, 'http://localhost', `${base}/`) })
  return `${withBase(target.path || `${options.basePath}/signin`, base)}?${query}`
}

function withoutBase(path: string, base: string): string {
  return base !== '' && isBelow(path, base) ? path.slice(base.length) || '/' : path
}

// What a person opens. Scripts, APIs and payloads get a status instead of a page.
function isDocument({ method, path, headers }: RequestParts, base: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const accept = headers.get('accept') ?? '*/*'
  return !/^\/+(?:api|_nuxt|__nuxt_island)(?:\/|$)|_payload\.js(?:on)?(?:\?|$)/i.test(path.slice(base.length)) && /text\/html|\*\/\*/.test(accept)
}
