import { createError } from '#nuxt-authjs/host'
import { decideAccess, leftOut } from '../../shared/access'
import type { Access } from '../../shared/access'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, AuthRule, Matched, Session, Token } from '../../shared/types'
import { getConfig } from '../config/load'
import { getRequestParts, isCachedEvent, isCrossSite, isSharedRender } from '../http/request'
import { isUpgrade, requireEvent, toUpgradeError } from '../http/upgrade'
import type { SessionSource } from '../http/upgrade'
import { getServerSession, getToken } from '../session/session'

/** A rule that only a signed-in user can meet: not the open one, and not the one for guests. */
export type SessionRule = Exclude<AuthRule, false | 'guest'>

type Predicate = (session: Session) => boolean

/**
 * The session, if it meets the rule (default: every session) or the predicate. Throws 401 for anonymous users, 403
 * for other users, AUTH_R001 (503) if the session can't be read, and AUTH_R004 in a cached handler. In a WebSocket's
 * `upgrade` hook, also throws 403 for requests of another site.
 */
export function requireSession<S extends Session>(
  source: SessionSource, predicate: (session: Session) => session is S,
): Promise<S>
export function requireSession(source: SessionSource, predicate: (session: Session) => boolean): Promise<Session>
export function requireSession<const R extends SessionRule = true>(
  source: SessionSource, rule?: R,
): Promise<Matched<Session, R>>
export async function requireSession(source: SessionSource, rule: SessionRule | Predicate = true): Promise<Session> {
  const event = requireEvent(source, 'requireSession')
  return isUpgrade(event) ? await checkUpgrade(event, rule) : await checkSession(event, rule)
}

/** The token of a signed-in user. Throws like `requireSession` and `getToken`. */
export async function requireToken(source: SessionSource): Promise<NonNullable<Token>> {
  const event = requireEvent(source, 'requireToken')
  await requireSession(event)
  // A request with a session has the token that it was made from; `getToken` throws for a session in a database.
  return await getToken(event) as NonNullable<Token>
}

/** The error of a guard: a bare 401 for anonymous users, 403 for everyone else. */
export function toRefusal(access: Access): Error {
  if (access === 'sign-in') return createError({ statusCode: 401, statusMessage: 'Unauthorized' })
  return createError({ statusCode: 403, statusMessage: 'Forbidden' })
}

/** The error of a guard while the build prerenders: the route is not stored, and the build goes on. */
export function toLeftOut(): Error {
  return createError({ statusCode: 401, statusMessage: leftOut })
}

async function checkUpgrade(event: AuthEvent, rule: SessionRule | Predicate): Promise<Session> {
  try {
    // Browsers send cookies with a WebSocket of any site, without a preflight request.
    if (isCrossSite(getRequestParts(event), (await getConfig(event)).origin)) throw toRefusal('forbid')
    return await checkSession(event, rule)
  }
  catch (error) {
    throw toUpgradeError(error)
  }
}

async function checkSession(event: AuthEvent, rule: SessionRule | Predicate): Promise<Session> {
  if (import.meta.prerender === true) throw toLeftOut()
  if (isCachedEvent(event) || isSharedRender(event)) throw new NuxtAuthError('AUTH_R004', { called: 'requireSession' })
  const session = await getServerSession(event)
  const access = typeof rule === 'function' ? decideByPredicate(rule, session) : decideAccess(rule, session)
  if (session && access === 'allow') return session
  throw toRefusal(access)
}

function decideByPredicate(predicate: Predicate, session: Session | null): Access {
  if (!session) return 'sign-in'
  return predicate(session) === true ? 'allow' : 'forbid'
}
