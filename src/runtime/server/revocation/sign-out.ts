import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { AuthEvent, AuthResult } from '../../shared/types'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { getSessionCookie } from '../http/cookies'
import type { RequestConfig } from '../config/load'
import { logError } from '../log'
import type { JWT } from '../token/claims'
import { revoke } from './revocation'

/** How a sign-out went, where Auth.js's answer does not say: why it could not be told to the store. */
export interface Ending { cause?: unknown }

/** The token in the session cookie of this request, whatever became of it since; null where there is none. */
export async function getCookieToken(event: AuthEvent, { cookies, jwt, secret }: RequestConfig): Promise<JWT | null> {
  const token = getSessionCookie(event, cookies.sessionToken)
  return token ? await jwt.decode({ token, secret, salt: cookies.sessionToken.name }) : null
}

/** Ends the session of a token on every instance, where sessions can be revoked. Throws AUTH_R020 (503). */
export async function revokeToken({ session }: RequestConfig, token: JWT | null): Promise<void> {
  if (!session.revocable || token?.sid === undefined) return
  try {
    await revoke(token.sid, token.sub, session)
  }
  catch (cause) {
    throw new NuxtAuthError('AUTH_R020', {}, { cause })
  }
}

/** The definition's events, with the session revoked that a sign-out ends, and the one that a sign-in replaces. */
export function toRevokingEvents(event: AuthEvent, config: RequestConfig, ending: Ending): AuthConfig['events'] {
  if (!config.session.revocable) return config.events
  return {
    ...config.events,
    async signOut(message) {
      // Auth.js takes a failure here for a detail, and reports success.
      await revokeToken(config, 'token' in message ? message.token : null).catch(error => ending.cause = error)
      await config.events?.signOut?.(message)
    },
    async signIn(message) {
      await getCookieToken(event, config).then(former => revokeToken(config, former)).catch(error => logError(String(error), (error as Error).cause))
      await config.events?.signIn?.(message)
    },
  }
}

/** The answer to a sign-out that reached this browser only: its cookie is taken away, and 503 says that copies of it may live on. */
export function toIncompleteSignOut({ cause }: Ending, { cookies }: Answer, isScript: boolean): Answer {
  const { message, cause: reason } = cause as NuxtAuthError
  logError(message, reason)
  const headers = { 'retry-after': '5' }
  const result: AuthResult = { ok: false, status: 503, url: null, error: 'SignOut', code: 'AUTH_R020' }
  if (isScript) return toJson(result, { status: 503, headers, cookies })
  const body = 'You are signed out in this browser. Elsewhere the session may go on for a while.\n'
  return { status: 503, headers: { ...headers, 'content-type': 'text/plain;charset=UTF-8' }, cookies, body }
}
