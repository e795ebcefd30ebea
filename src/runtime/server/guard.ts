import { createError } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../shared/errors'
import { decideAccess } from '../shared/access'
import type { Access } from '../shared/access'
import type { AuthEvent, AuthRule, Matched, Session } from '../shared/types'
import { isCachedEvent } from './request'
import { getServerSession } from './session'

/** A rule that can give a session: not the open one, and not the one for guests. */
export type SessionRule = Exclude<AuthRule, false | 'guest'>

/**
 * The session of somebody who may enter by `rule` (default: whoever is signed in), or by a predicate.
 * Throws 401 for strangers, 403 for the wrong person, AUTH_R001 (503) when that can't be decided, AUTH_R004 in a cached handler.
 */
export async function requireSession<S extends Session>(event: AuthEvent, predicate: (session: Session) => session is S): Promise<S>
export async function requireSession(event: AuthEvent, predicate: (session: Session) => boolean): Promise<Session>
export async function requireSession<const R extends SessionRule = true>(event: AuthEvent, rule?: R): Promise<Matched<Session, R>>
export async function requireSession(event: AuthEvent, rule: SessionRule | ((session: Session) => boolean) = true): Promise<Session> {
  if (isCachedEvent(event)) throw new NuxtAuthError('AUTH_R004')
  const session = await getServerSession(event)
  const access = typeof rule === 'function' ? decideByPredicate(rule, session) : decideAccess(rule, session)
  if (session && access === 'allow') return session
  throw access === 'sign-in'
    ? createError({ statusCode: 401, statusMessage: 'Unauthorized' })
    : createError({ statusCode: 403, statusMessage: 'Forbidden' })
}

function decideByPredicate(predicate: (session: Session) => boolean, session: Session | null): Access {
  if (!session) return 'sign-in'
  return predicate(session) === true ? 'allow' : 'forbid'
}
