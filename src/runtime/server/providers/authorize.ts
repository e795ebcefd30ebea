import type { User } from '@auth/core/types'
import type { CredentialsConfig } from '@auth/core/providers'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import { requireJson, toKind } from '../callbacks/json'
import type { MergedProvider } from '../config/providers'
import { isRefusal, toIssues } from '../callbacks/validation'
import type { Issue } from '../callbacks/validation'
import { lazy } from '../http/lazy'

/** Why a sign-in failed, if Auth.js's answer doesn't say: what `authorize` threw. */
export interface Refusal {
  status?: number
  issues?: Issue[]
  /** For the log. */
  reason?: string
}

type Authorize = CredentialsConfig['authorize']
type Sent = Parameters<Authorize>[0]

const loadErrors = lazy(() => import('@auth/core/errors'))

/**
 * The credentials providers with a guarded `authorize`. It is called with strings only, and a 4xx of `createError`
 * refuses the sign-in with that status and message. A result other than a user or nothing is AUTH_D015 or AUTH_D016.
 */
export function guardCredentials(providers: MergedProvider[], refusal: Refusal): MergedProvider[] {
  return providers.map((provider) => {
    // A provider that is exported as a function may have no `authorize`: Auth.js reports that.
    if (provider.type !== 'credentials' || !provider.authorize) return provider
    const { id, authorize } = provider
    return { ...provider, authorize: (sent, request) => runAuthorize(id, authorize, sent, request, refusal) }
  })
}

async function runAuthorize(
  provider: string, authorize: Authorize, sent: Sent, request: Request, refusal: Refusal,
): Promise<User | null> {
  const invalid = Object.keys(sent).filter(name => typeof sent[name] !== 'string')
  if (invalid.length > 0) {
    const message = 'This value can\'t be sent as a form field: expected text'
    refusal.issues = invalid.map(path => ({ path, message }))
    throw await toRefusalError(refusal, 400, 'malformed', 'a field is not text')
  }
  try {
    return requireUser(await authorize(sent, request), provider)
  }
  catch (error) {
    refusal.issues = toIssues(error)
    if (refusal.issues) throw await toRefusalError(refusal, 400, 'invalid', 'authorize found invalid fields', error)
    // Only an error that the app throws as its response: that of a failed request may also have a status, and a key.
    if (!isRefusal(error)) throw error
    const { statusCode, statusMessage } = error
    const reason = `authorize refused with status ${statusCode}`
    throw await toRefusalError(refusal, statusCode, statusMessage || 'credentials', reason, error)
  }
}

function requireUser(user: User | null, provider: string): User | null {
  if (!user) return user
  if (typeof user !== 'object' || Array.isArray(user)) {
    throw new NuxtAuthError('AUTH_D015', { file, provider, value: toKind(user) })
  }
  // Auth.js copies the fields of the user, whatever its class.
  requireJson({ ...user }, 'authorize', file)
  return user
}

/** Auth.js's error for a refused sign-in. Status and reason go into `refusal`: Auth.js reports only the code. */
async function toRefusalError(refusal: Refusal, status: number, code: string, reason: string, cause?: unknown) {
  const { CredentialsSignin } = await loadErrors()
  Object.assign(refusal, { status, reason })
  return Object.assign(new CredentialsSignin(code, { cause: { err: cause } }), { code })
}
