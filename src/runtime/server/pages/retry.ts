import { parseCookies, setCookie } from '#nuxt-authjs/host'
import { toCallbackPath } from '../../shared/callback-url'
import type { AuthEvent } from '../../shared/types'
import type { Failure } from '../authjs/outcome'
import type { RequestConfig } from '../config/load'
import type { Answer } from '../http/answer'
import { findNameField } from './forms'

/** A form that was refused. */
interface Attempt {
  event: AuthEvent
  config: RequestConfig
  /** Id of the form's provider. */
  provider: string | undefined
  fields: Record<string, unknown>
  /** Auth.js's redirect to the page that shows the error. */
  answer: Answer
  failure: Failure
}

const maxNameLength = 200

/**
 * A redirect to a sign-in or error page, with the form's callback URL. After refused credentials, a cookie keeps the
 * user name for that page: URLs end up in logs. The password is never kept. Any other redirect stays as it is.
 */
export function toRetry({ event, config, provider, fields, answer, failure }: Attempt): Answer {
  const { origin, basePath, home, pages } = config
  const target = new URL(answer.headers.location ?? '', origin)
  const retryPages = [pages?.signIn, pages?.error, `${basePath}/signin`, `${basePath}/error`]
  if (!retryPages.some(page => page && new URL(page, origin).pathname === target.pathname)) return answer

  if (fields.callbackUrl !== undefined) {
    target.searchParams.set('callbackUrl', toCallbackPath(fields.callbackUrl, origin, home))
  }
  if (failure.error === 'CredentialsSignin') keepUserName(event, config, provider, fields)
  return { ...answer, headers: { ...answer.headers, location: target.href } }
}

function keepUserName(
  event: AuthEvent, config: RequestConfig, id: string | undefined, fields: Record<string, unknown>,
): void {
  const provider = config.providers.find(entry => entry.id === id)
  const field = provider?.type === 'credentials' ? findNameField(provider.credentials) : undefined
  const value = field !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined
  if (typeof value !== 'string' || value === '' || value.length > maxNameLength) return
  const { name, options } = config.cookies.userName
  setCookie(event, name, value, options)
}

/** The user name of a refused sign-in. Deletes its cookie, so that the name is shown once. */
export function takeUserName(event: AuthEvent, config: RequestConfig): string | undefined {
  const { name, options } = config.cookies.userName
  const value = parseCookies(event)[name]
  if (value === undefined) return undefined
  setCookie(event, name, '', { ...options, maxAge: 0 })
  return value.slice(0, maxNameLength)
}
