import type { ResponseInternal } from '@auth/core/types'
import type { AuthResult } from '../../shared/types'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import { labelProviders } from '../providers/settings'
import { adoptSession } from '../session/session'
import type { Run } from './run'

/** Auth.js's answer. */
export interface AuthAnswer extends Answer {
  /** Auth.js ended with an error, which it has reported to its logger. */
  hasFailed?: true
}

/** The answer of a run that ended with an error. Its page is decided later, by the error that was reported. */
export function toFailedAnswer(): AuthAnswer {
  return { status: 302, headers: {}, hasFailed: true }
}

/**
 * Auth.js's answer in this module's form. Auth.js returns a web Response only for an error; below status 400 it is a
 * redirect. A value that is not a valid header is an error too, which is reported to `logError`.
 */
export async function toAnswer(
  answered: ResponseInternal | Response, logError: (error: Error) => void,
): Promise<AuthAnswer> {
  if (answered instanceof Response) return await readResponse(answered)
  const { status = 200, cookies, redirect, body } = answered
  try {
    const headers = toHeaders(answered.headers, redirect)
    return {
      status: redirect ? 302 : status,
      headers,
      cookies,
      redirect: headers.location,
      // Auth.js returns HTML, JSON or nothing.
      body: body as Answer['body'],
    }
  }
  catch (cause) {
    logError(new TypeError('Auth.js returned a value that is not a valid header', { cause }))
    return toFailedAnswer()
  }
}

/** Auth.js's headers by lower-case name, with the redirect target. Throws a TypeError for an invalid header. */
function toHeaders(own: HeadersInit | undefined, redirect: unknown): Record<string, string> {
  const headers = new Headers(own)
  if (redirect) headers.set('location', String(redirect))
  return Object.fromEntries(headers)
}

async function readResponse(response: Response): Promise<AuthAnswer> {
  const { status, headers } = response
  if (status < 400) return toFailedAnswer()
  return { status, headers: Object.fromEntries(headers), body: await response.text() }
}

/** The answer that the client gets. A script that posted a form gets a result, together with a new session. */
export async function toClientAnswer(run: Run, answer: Answer, isForeign: boolean): Promise<Answer> {
  const { event, parts, action, fields } = run
  if (action.name === 'providers') return withLabels(answer)
  const isScript = parts.headers.has('x-auth-return-redirect')
  if (!isScript || !fields || answer.redirect === undefined) return toReply(answer, isScript)
  const result = toResult(answer, answer.redirect, isForeign)
  const isSignedIn = result.ok && action.name === 'callback'
  const session = isSignedIn ? await adoptSession(event, toCookieValues(answer)) : undefined
  const { location: _, ...headers } = answer.headers
  if (result.status === 503) headers['retry-after'] = '5'
  const body = session === undefined ? result : { ...result, session }
  return toJson(body, { status: result.status, headers, cookies: answer.cookies })
}

/** A redirect for a browser, or its URL as JSON for a script. */
export function toReply({ redirect, ...answer }: Answer, isScript: boolean): Answer {
  if (redirect === undefined) return answer
  if (isScript) return toJson({ url: redirect }, { headers: answer.headers, cookies: answer.cookies })
  const { location = new URL(redirect).href } = answer.headers
  return { ...answer, status: 302, headers: { ...answer.headers, location }, body: undefined }
}

/** `redirect`: the client has to leave its page, because the target is not the page that it asked for. */
function toResult({ failure }: Answer, url: string, isForeign: boolean): AuthResult {
  const redirect = isForeign || failure?.url !== undefined ? { redirect: true as const } : {}
  if (!failure) return { ok: true, status: 200, url, error: null, code: null, ...redirect }
  const { status, error, code = null, issues } = failure
  return { ok: false, status, url, error, code, ...(issues && { issues }), ...redirect }
}

/** The cookies of an answer by name, in the form in which the next request has them. */
function toCookieValues({ cookies = [] }: Answer): Record<string, string> {
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
}

/** Auth.js's list of providers, with a different label for each. */
function withLabels({ body, ...answer }: Answer): Answer {
  // Auth.js's answer to GET /providers.
  const providers = Object.values((body ?? {}) as Record<string, { id: string, name: string }>)
  const labels = labelProviders(providers)
  const labeled = providers.map(provider => [provider.id, { ...provider, name: labels.get(provider.id) }])
  return { ...answer, body: Object.fromEntries(labeled) }
}
