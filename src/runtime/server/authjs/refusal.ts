import type { AuthResult } from '../../shared/types'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { logSignInRefusal } from './error-log'
import type { Run } from './run'

export interface SignInRefusal { status: number, error: string, code?: string }

/** Refuses a sign-in before Auth.js sees it: a result for a script, the sign-in page (a dead link: the error page) for a form. */
export function refuseSignIn({ config, parts, action }: Run, { status, error, code }: SignInRefusal): Answer {
  const { signIn = `${config.basePath}/signin`, error: page = `${config.basePath}/error` } = config.pages ?? {}
  const { href: url } = new URL(`${error === 'Verification' ? page : signIn}?${new URLSearchParams({ error, ...(code && { code }) })}`, config.origin)
  logSignInRefusal(error, action.provider, code ?? '')
  if (!parts.headers.has('x-auth-return-redirect')) return { status: 302, headers: { location: url }, failure: { status, error, code, page: error === 'Verification' ? 'error' : 'signIn' } }
  const result: AuthResult = { ok: false, status, url, error, code: code ?? null }
  return toJson(result, { status })
}
