import type { ResponseInternal } from '@auth/core/types'
import { toJson } from './answer'
import type { Answer } from './answer'
import type { RequestConfig } from './definition'

type Place = Pick<RequestConfig, 'origin' | 'basePath' | 'pages'>

/**
 * Auth.js's answer: raw where it did what it was asked, a web Response where it reports an error.
 * What no header could hold is an error, too, and told to `logError`, as where Auth.js makes the headers.
 */
export async function toAnswer(answered: ResponseInternal | Response, { origin, basePath, pages }: Place, logError: (error: Error) => void): Promise<Answer> {
  if (answered instanceof Response) return await readResponse(answered)
  const { status = 200, cookies, redirect, body } = answered
  try {
    const headers = new Headers(answered.headers)
    if (redirect) headers.set('location', redirect)
    return { status: redirect ? 302 : status, headers: Object.fromEntries(headers), cookies, redirect: headers.get('location') ?? undefined, body: body as Answer['body'] }
  }
  catch (error) {
    logError(error as Error)
    return toRedirectAnswer(`${origin}${pages?.error ?? `${basePath}/error`}?error=Configuration`)
  }
}

// The address of an error's page as JSON, for the request said that a script asks. Anything else is about a broken config.
async function readResponse(response: Response): Promise<Answer> {
  const { status, headers } = response
  const text = await response.text()
  const { url } = (status === 200 ? JSON.parse(text) : {}) as { url?: string }
  return url === undefined ? { status, headers: Object.fromEntries(headers), body: text || undefined } : toRedirectAnswer(url)
}

function toRedirectAnswer(redirect: string): Answer {
  return { status: 302, headers: {}, redirect }
}

/** What the visitor gets: a script is told where to go, everybody else is sent there. */
export function toReply({ redirect, ...answer }: Answer, isScript: boolean): Answer {
  if (redirect === undefined) return answer
  if (isScript) return toJson({ url: redirect }, { headers: answer.headers, cookies: answer.cookies })
  const { location = new URL(redirect).href } = answer.headers
  return { ...answer, status: 302, headers: { ...answer.headers, location }, body: undefined }
}
