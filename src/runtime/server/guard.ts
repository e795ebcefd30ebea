import { createError } from '#nuxt-authjs/host'
import { decideAccess } from '../shared/access'
import type { AuthEvent, AuthRule, Session } from '../shared/types'
import { getServerSession } from './session'

/**
 * The session of somebody who may enter by `rule` (default: whoever is signed in).
 * Throws 401 for strangers, 403 for the wrong person, AUTH_R001 (503) when that can't be decided.
 */
export async function requireSession(event: AuthEvent, rule: Exclude<AuthRule, false | 'guest'> = true): Promise<Session> {
  const session = await getServerSession(event)
  const access = decideAccess(rule, session)
  if (session && access === 'allow') return session
  throw access === 'sign-in'
    ? createError({ statusCode: 401, statusMessage: 'Unauthorized' })
    : createError({ statusCode: 403, statusMessage: 'Forbidden' })
}
