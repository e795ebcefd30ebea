import { setCookie } from '#nuxt-authjs/host'
import { toCallbackPath } from '../../shared/callback-url'
import type { AuthEvent } from '../../shared/types'
import type { Failure } from '../authjs/outcome'
import type { Answer } from '../http/answer'
import type { RequestConfig } from '../config/load'
import { findNameField } from './forms'

interface Attempt {
  event: AuthEvent
  config: RequestConfig
  provider: string | undefined
  fields: Record<string, unknown>
  /** Auth.js's redirect to the page that says what went wrong. */
  answer: Answer
  failure: Failure
}

/** After a refused form, the way on and the user name are still there. Never the password, and nothing for a form that was not ours. */
export function toRetry({ event, config, provider, fields, answer, failure }: Attempt): Answer {
  const target = new URL(answer.headers.location ?? '', config.origin)
  const pages = [config.pages?.signIn, config.pages?.error, `${config.basePath}/signin`, `${config.basePath}/error`]
  if (!pages.some(page => page && new URL(page, config.origin).pathname === target.pathname)) return answer
  if (fields.callbackUrl !== undefined) target.searchParams.set('callbackUrl', toCallbackPath(fields.callbackUrl, config.origin, config.home))
  if (failure.error === 'CredentialsSignin') keepName(event, config, provider, fields)
  return { ...answer, headers: { ...answer.headers, location: target.href } }
}

function keepName(event: AuthEvent, config: RequestConfig, id: string | undefined, fields: Record<string, unknown>): void {
  const provider = config.providers.find(entry => entry.id === id)
  const field = provider?.type === 'credentials' ? findNameField(provider.credentials) : undefined
  const value = field && Object.hasOwn(fields, field) ? fields[field] : undefined
  const { name, options } = config.cookies.userName
  if (typeof value === 'string' && value !== '' && value.length <= 200) setCookie(event, name, value, options)
}
