import type { User } from '@auth/core/types'
import type { CredentialsConfig } from '@auth/core/providers'
import { file } from '#nuxt-authjs/definition'
import { NuxtAuthError } from '../../shared/errors'
import { lazy } from '../http/lazy'
import { requireSecureAddresses } from './address'
import { requireData } from '../config/data'
import { toKind } from '../config/definition'
import { isOAuth, toVariablePrefix } from '../config/providers'
import type { MergedProvider, OAuthProvider } from '../config/providers'
import { isRefusal, toIssues } from '../config/validation'
import type { Issue } from '../config/validation'

/** Why a sign-in failed, where Auth.js's answer does not say: what `authorize` threw. */
export interface Refusal {
  status?: number
  issues?: Issue[]
  /** For the log. */
  reason?: string
}

/** How Auth.js ends the names of variables: `AUTH_GITHUB_ID`. */
const suffixes: Record<string, string> = { clientId: 'ID', clientSecret: 'SECRET', issuer: 'ISSUER' }

type Authorize = CredentialsConfig['authorize']

/** The providers with `authorize` guarded: strings in, and `createError` with a 4xx is a refused sign-in with that status and message. */
export function guardProviders(providers: MergedProvider[], refusal: Refusal): MergedProvider[] {
  return providers.map((provider) => {
    // One that a function makes may have no `authorize`: Auth.js reports that.
    if (provider.type !== 'credentials' || !provider.authorize) return provider
    const { authorize } = provider
    const checked: Authorize = async (credentials, request) => requireUser(await authorize(credentials, request), provider.id)
    const guarded: Authorize = (credentials, request) => runAuthorize(checked, credentials, request, refusal)
    return { ...provider, authorize: guarded }
  })
}

/** What `authorize` returned: a user, or nothing. Throws AUTH_D015, AUTH_D016. */
function requireUser(user: User | null, provider: string): User | null {
  if (!user) return user
  if (typeof user !== 'object' || Array.isArray(user)) throw new NuxtAuthError('AUTH_D015', { file, provider, value: toKind(user) })
  // Auth.js copies the fields of the user, whatever its class.
  requireData({ ...user }, 'authorize', file)
  return user
}

const loadErrors = lazy(() => import('@auth/core/errors'))

async function runAuthorize(authorize: Authorize, credentials: Parameters<Authorize>[0], request: Request, refusal: Refusal): Promise<User | null> {
  const { CredentialsSignin } = await loadErrors()
  const refuse = (status: number, code: string, reason: string, cause?: unknown) => {
    Object.assign(refusal, { status, reason })
    return Object.assign(new CredentialsSignin(code, { cause: { err: cause } }), { code })
  }
  const wrong = Object.keys(credentials).filter(key => typeof credentials[key] !== 'string')
  if (wrong.length > 0) {
    refusal.issues = wrong.map(path => ({ path, message: 'This value can\'t be sent as a form field: expected text' }))
    throw refuse(400, 'malformed', 'a field is not text')
  }
  try {
    return await authorize(credentials, request)
  }
  catch (error) {
    refusal.issues = toIssues(error)
    if (refusal.issues) throw refuse(400, 'invalid', 'authorize found fields that are not valid', error)
    // Only what the app throws as an answer: a failed request of its own may carry a status, an address and a key, too.
    if (!isRefusal(error)) throw error
    throw refuse(error.statusCode, error.statusMessage || 'credentials', `authorize refused with status ${error.statusCode}`, error)
  }
}

/** What to call each provider, by id: its name, with its id behind it where another one of the kind has the same name. */
export function labelProviders(providers: { id: string, name?: unknown }[]): Map<string, string> {
  const isShared = (name: unknown) => providers.filter(other => other.name === name).length > 1
  return new Map(providers.map(({ id, name }) => [id, isShared(name) ? `${String(name)} (${id})` : String(name)]))
}

/** True for a provider that answers with a form of its own site, as Apple does: browsers send no Lax cookies along with it. */
export function isFormPost(provider: MergedProvider | undefined): boolean {
  const authorization = isOAuth(provider) ? provider.authorization : undefined
  const { url, params } = (typeof authorization === 'object' && authorization ? authorization : { url: authorization }) as { url?: unknown, params?: { response_mode?: unknown } }
  const address = URL.canParse(String(url)) ? new URL(String(url)) : undefined
  return (params?.response_mode ?? address?.searchParams.get('response_mode')) === 'form_post'
}

/**
 * The providers, where one that names no addresses stops nobody but who asks for it: Auth.js would answer every request with an error.
 * Not left out: it is still on the sign-in page, and `requireProviderKeys` says there what it lacks.
 */
export function separateProviders(providers: MergedProvider[], asked: string | undefined): MergedProvider[] {
  return providers.map((provider) => {
    if (!isOAuth(provider) || provider.id === asked || provider.issuer) return provider
    return { ...provider, issuer: 'https://issuer.invalid' }
  })
}

/** Says what an OAuth provider lacks before anyone is sent to it. Throws AUTH_D004, AUTH_D011. */
export function requireProviderKeys(provider: OAuthProvider, file: string, isDev = false): void {
  requireSecureAddresses(provider, file, isDev)
  const { clientId, clientSecret, client } = provider
  const needsSecret = client?.token_endpoint_auth_method !== 'none'
  const needsIssuer = provider.type === 'oidc' && !provider.authorization
  const missing = [!clientId && 'clientId', needsSecret && !clientSecret && 'clientSecret', needsIssuer && !provider.issuer && 'issuer'].filter(key => key !== false)
  if (missing.length === 0) return
  const variables = missing.map(key => toVariablePrefix(provider.id) + suffixes[key]).join(' and ')
  throw new NuxtAuthError('AUTH_D004', { file, provider: provider.id, missing: missing.join(' and '), variables })
}
