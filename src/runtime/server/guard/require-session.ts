import { createError } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../../shared/errors'
import { decideAccess } from '../../shared/access'
import type { Access } from '../../shared/access'
import { leftOut } from '../../shared/prerender'
import type { AuthEvent, AuthRule, Matched, Session, Token } from '../../shared/types'
import { getConfig } from '../config/load'
import { getRequestParts, isCachedEvent, isCrossSite, isSharedRender } from '../http/request'
import { getServerSession, getToken } from '../session/session'
import { isUpgrade, requireEvent, toUpgradeError } from '../http/upgrade'
import type { SessionSource } from '../http/upgrade'

/** A rule that can give a session: not the open one, and not the one for guests. */
export type SessionRule = Exclude<AuthRule, false | 'guest'>

/**
 * The session of somebody who may enter by `rule` (default: whoever is signed in), or by a predicate.
 * Throws 401 for strangers, 403 for the wrong person, AUTH_R001 (503) when that can't be decided, AUTH_R004 in a cached handler.
 * In a WebSocket's `upgrade` hook it also refuses another site's page with 403.
 */
export function requireSession<S extends Session>(source: SessionSource, predicate: (session: Session) => session is S): Promise<S>
export function requireSession(source: SessionSource, predicate: (session: Session) => boolean): Promise<Session>
export function requireSession<const R extends SessionRule = true>(source: SessionSource, rule?: R): Promise<Matched<Session, R>>
export function requireSession(source: SessionSource, rule: SessionRule | ((session: Session) => boolean) = true): Promise<Session> {
  const event = requireEvent(source, 'requireSession')
  return isUpgrade(event) ? enterUpgrade(event, rule) : enter(event, rule)
}

/** The token of somebody who is signed in: `getToken`, for where there has to be one. Throws as `requireSession` does. */
export async function requireToken(source: SessionSource): Promise<NonNullable<Token>> {
  const event = requireEvent(source, 'requireToken')
  await requireSession(event)
  // Whoever has a session has the token that it was made from.
  return await getToken(event) as NonNullable<Token>
}

/** How a guard refuses: a bare 401 for anonymous users, 403 for everyone else. */
export function toRefusal(access: Access): Error {
  if (access === 'sign-in') return createError({ statusCode: 401, statusMessage: 'Unauthorized' })
  return createError({ statusCode: 403, statusMessage: 'Forbidden' })
}

/** How a guard refuses while the build prerenders: nothing guarded is stored, and the build goes on. */
export function toLeftOut(): Error {
  return createError({ statusCode: 401, statusMessage: leftOut })
}

async function enterUpgrade(event: AuthEvent, rule: SessionRule | ((session: Session) => boolean)): Promise<Session> {
  try {
    // A browser sends cookies with any site's WebSocket, and asks nobody first.
    if (isCrossSite(getRequestParts(event), (await getConfig(event)).origin)) throw toRefusal('forbid')
    return await enter(event, rule)
  }
  catch (error) {
    throw toUpgradeError(error)
  }
}

async function enter(event: AuthEvent, rule: SessionRule | ((session: Session) => boolean)): Promise<Session> {
  if (import.meta.prerender === true) throw toLeftOut()
  if (isCachedEvent(event) || isSharedRender(event)) throw new NuxtAuthError('AUTH_R004', { called: 'requireSession' })
  const session = await getServerSession(event)
  const access = typeof rule === 'function' ? decideByPredicate(rule, session) : decideAccess(rule, session)
  if (session && access === 'allow') return session
  throw toRefusal(access)
}

function decideByPredicate(predicate: (session: Session) => boolean, session: Session | null): Access {
  if (!session) return 'sign-in'
  return predicate(session) === true ? 'allow' : 'forbid'
}
