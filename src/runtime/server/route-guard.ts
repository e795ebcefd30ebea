import { useRuntimeConfig } from '#nuxt-authjs/host'
import { rules } from '#nuxt-authjs/rules'
import { decideStrictest } from '../shared/access'
import type { Access } from '../shared/access'
import { findPathRules, toGuardPaths } from '../shared/paths'
import type { AuthEvent, AuthRule } from '../shared/types'
import { requireSession, toRefusal } from './guard'
import type { SessionRule } from './guard'
import { getRawPath, getRequestParts } from './request'
import type { RequestParts } from './request'
import { getServerSession } from './session'
import { toEvent } from './upgrade'
import type { UpgradeRequest } from './upgrade'

/** True where some route has a rule: only then is there anything to ask a request. */
export const hasRouteRules = rules.length > 0

/**
 * Decides by `routeRules[…].auth`, before any handler, redirect, proxy, cache or file answers.
 * Returns the redirect of a page, throws 401 or 403 for everything else, and undefined lets the request through.
 */
export async function guardRoute(event: AuthEvent): Promise<Response | undefined> {
  const { app, public: { auth } } = useRuntimeConfig(event)
  const base = app.baseURL.replace(/\/$/, '')
  const parts = getRequestParts(event)
  const found = findRules(event, base)
  if (found.every(rule => rule === false)) return undefined
  const { access, rule } = decideStrictest(found, await getServerSession(event))
  if (access === 'allow') return undefined
  const target = isDocument(parts, base) ? toTarget(access, rule, parts.path, base, auth) : undefined
  if (!target) throw toRefusal(access)
  return new Response(null, { status: 302, headers: { 'location': target, 'cache-control': 'private, no-store', 'vary': 'Cookie' } })
}

/** The same for a WebSocket, whose upgrade passes no handler. Throws what refuses it. */
export async function guardUpgrade(request: UpgradeRequest): Promise<void> {
  const event = toEvent(request)
  const base = useRuntimeConfig(event).app.baseURL.replace(/\/$/, '')
  for (const rule of findRules(event, base).filter(rule => rule !== false)) await requireSession(request, rule as SessionRule)
}

function findRules(event: AuthEvent, base: string): AuthRule[] {
  const paths = [getRequestParts(event).path, getRawPath(event)].flatMap(path => toGuardPaths(path, base))
  return findPathRules(rules, [...new Set(paths)])
}

function toTarget(access: Access, rule: AuthRule, path: string, base: string, { basePath, redirect }: { basePath: string, redirect: { signIn: string, home: string } }): string | undefined {
  if (access === 'home') return base + redirect.home
  if (access === 'sign-in') return `${base}${redirect.signIn || `${basePath}/signin`}?${new URLSearchParams({ callbackUrl: path })}`
  return typeof rule === 'object' && rule.redirectTo ? base + rule.redirectTo : undefined
}

// What a person opens. Scripts, APIs and payloads get a status instead of a page.
function isDocument({ method, path, headers }: RequestParts, base: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const accept = headers.get('accept') ?? '*/*'
  return !/^\/+(?:api|_nuxt|__nuxt_island)(?:\/|$)|_payload\.js(?:on)?(?:\?|$)/i.test(path.slice(base.length)) && /text\/html|\*\/\*/.test(accept)
}
