import type { ResponseInternal } from '@auth/core/types'
import { toJson } from '../http/answer'
import type { Answer } from '../http/answer'
import type { RequestConfig } from '../config/load'

/** Auth.js's answer. */
export interface AuthAnswer extends Answer {
  /** Auth.js ended with an error, and told it to its logger. */
  hasFailed?: true
}

type Place = Pick<RequestConfig, 'origin' | 'basePath' | 'pages'>

/**
 * Auth.js's answer: raw where it did what it was asked, a web Response where it reports an error.
 * What no header could hold is an error, too, and told to `logError`, as where Auth.js makes the headers.
 */
export async function toAnswer(answered: ResponseInternal | Response, { origin, basePath, pages }: Place, logError: (error: Error) => void): Promise<AuthAnswer> {
  if (answered instanceof Response) return await readResponse(answered)
  const { status = 200, cookies, redirect, body } = answered
  try {
    const headers = toHeaders(answered.headers, redirect)
    return { status: redirect ? 302 : status, headers, cookies, redirect: headers.location, body: body as Answer['body'] }
  }
  catch (error) {
    logError(error as Error)
    return toRedirectAnswer(`${origin}${pages?.error ?? `${basePath}/error`}?error=Configuration`)
  }
}

/** What Auth.js says and where it leads, by lower-case name. Throws on what no header could hold. */
function toHeaders(said: HeadersInit | undefined, redirect: unknown): Record<string, string> {
  // A sign-in leads somewhere and says nothing else: a web Headers leaves visible ASCII as it is, for 4 µs.
  if (!said && typeof redirect === 'string' && /^[\u0021-\u007E]+$/.test(redirect)) return { location: redirect }
  const headers = new Headers(said)
  if (redirect) headers.set('location', String(redirect))
  return Object.fromEntries(headers)
}

// The address of an error's page as JSON, for the request said that a script asks. Anything else is about a broken config.
async function readResponse(response: Response): Promise<AuthAnswer> {
  const { status, headers } = response
  const text = await response.text()
  const { url } = (status === 200 ? JSON.parse(text) : {}) as { url?: string }
  return url === undefined ? { status, headers: Object.fromEntries(headers), body: text || undefined } : toRedirectAnswer(url)
}

function toRedirectAnswer(redirect: string): AuthAnswer {
  return { status: 302, headers: {}, redirect, hasFailed: true }
}

/** What the visitor gets: a script is told where to go, everybody else is sent there. */
export function toReply({ redirect, ...answer }: Answer, isScript: boolean): Answer {
  if (redirect === undefined) return answer
  if (isScript) return toJson({ url: redirect }, { headers: answer.headers, cookies: answer.cookies })
  const { location = new URL(redirect).href } = answer.headers
  return { ...answer, status: 302, headers: { ...answer.headers, location }, body: undefined }
}
