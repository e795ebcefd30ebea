import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { RequestConfig } from '../config/load'
import type { MergedProvider } from '../config/providers'
import { isRefusal } from '../callbacks/validation'
import type { Action } from '../http/actions'
import { logError } from '../log'
import { ProviderFault } from '../providers/fetch'
import { getEpochClaim } from '../revocation/revocation'

type Callbacks = NonNullable<AuthConfig['callbacks']>
type SignIn = NonNullable<Callbacks['signIn']>
type Redirect = NonNullable<Callbacks['redirect']>
type Jwt = NonNullable<Callbacks['jwt']>

/** A callback that threw during a sign-in, and the response that the user gets. */
export interface Fault {
  /** `refused`: `createError` with a 4xx; `outage`: a dependency failed; `failed`: all other errors. */
  kind: 'refused' | 'outage' | 'failed'
  /** The callback, such as `callbacks.signIn`. */
  name: string
  status: number
  code?: string
  cause: unknown
}

/** Decisions of the definition's callbacks during one run of Auth.js that its answer does not show. */
export interface CallbackNotes {
  /** The page to which `callbacks.signIn` sends the user instead of signing them in. */
  page?: string
  /** Why `callbacks.signIn` refused, for the log. */
  reason?: string
  fault?: Fault
  /** `callbacks.redirect` returned a URL of another origin. */
  isForeign?: boolean
}

/** The definition's callbacks for one run of Auth.js, which note their decisions in `notes`. */
export function prepareCallbacks(
  config: RequestConfig, action: Action, provider: MergedProvider | undefined, notes: CallbackNotes,
): Callbacks {
  const { callbacks, origin, session } = config
  const redirect = toRedirect(callbacks.redirect, origin, notes)
  // A flow ends at its callback. Until then only a path of this app is kept: it comes back from the client.
  const isEnd = action.name === 'callback' || action.name === 'signout'
  return {
    ...callbacks,
    redirect: isEnd ? redirect : toOwnUrl,
    ...(callbacks.jwt && { jwt: withEpoch(callbacks.jwt, session) }),
    ...(callbacks.signIn && { signIn: toSignIn(callbacks.signIn, redirect, origin, provider, notes) }),
  }
}

/** A new session gets the epoch of its user, whose id `callbacks.jwt` may have changed. Throws AUTH_R010 (503). */
function withEpoch(jwt: Jwt, lifetimes: RequestConfig['session']): Jwt {
  return async (params) => {
    const token = await jwt(params)
    return token && params.user ? { ...token, ...await getEpochClaim(token.sub, lifetimes) } : token
  }
}

/** A page from `callbacks.signIn` is a refusal for every provider. With a passkey, Auth.js would sign in regardless. */
function toSignIn(
  signIn: SignIn, redirect: Redirect, origin: string, provider: MergedProvider | undefined, notes: CallbackNotes,
): SignIn {
  return async (params) => {
    const allowed = await noteFault('callbacks.signIn', notes, () => signIn(params))
    if (typeof allowed === 'string' && allowed !== '') {
      notes.reason = 'callbacks.signIn named another page'
      notes.page = await redirect({ url: allowed, baseUrl: origin })
      return false
    }
    if (allowed && (allowed === true || provider?.type !== 'webauthn')) return true
    notes.reason = 'callbacks.signIn returned false'
    return false
  }
}

/** The definition's `redirect`. It may return another origin, because it never receives one from the client. */
function toRedirect(own: Redirect | undefined, origin: string, notes: CallbackNotes): Redirect {
  return async (params) => {
    if (!own) return toOwnUrl(params)
    const target: unknown = await own(params)
    const isUrl = typeof target === 'string' && target !== '' && URL.canParse(target, origin)
    const url = isUrl ? new URL(target, origin) : undefined
    if (url && /^https?:$/.test(url.protocol)) {
      notes.isForeign = url.origin !== origin
      return String(target)
    }
    logError(new NuxtAuthError('AUTH_R052').message)
    return toOwnUrl(params)
  }
}

/** Auth.js's default: a URL of this app, or its origin. */
function toOwnUrl({ url, baseUrl }: { url: string, baseUrl: string }): string {
  if (url.startsWith('/')) return `${baseUrl}${url}`
  return URL.canParse(url) && new URL(url).origin === baseUrl ? url : baseUrl
}

async function noteFault<T>(name: string, notes: CallbackNotes, run: () => T): Promise<Awaited<T>> {
  try {
    return await run()
  }
  catch (cause) {
    notes.fault = toFault(name, cause)
    throw cause
  }
}

/** How a callback of the definition failed. Undefined for errors of Auth.js or a provider, which have a type. */
export function toFault(name: string, cause: unknown): Fault | undefined {
  const { kind } = toErrorFields(cause)
  if (cause instanceof ProviderFault || kind !== undefined) return undefined
  if (isRefusal(cause)) return { kind: 'refused', name, status: cause.statusCode, code: cause.statusMessage, cause }
  if (isOutage(cause)) return { kind: 'outage', name, status: 503, cause }
  return { kind: 'failed', name, status: 403, code: 'AUTH_R050', cause }
}

/** True for a failed dependency: a request, a socket, a time limit, or a status of 500 and above. */
function isOutage(cause: unknown): boolean {
  const { name, message, code, statusCode } = toErrorFields(cause)
  if (typeof statusCode === 'number' && statusCode >= 500) return true
  if (message === 'fetch failed' || /^(?:AbortError|TimeoutError|FetchError)$/.test(String(name))) return true
  return /^(?:E[A-Z]{3,}|UND_ERR_\w+)$/.test(String(code))
}

type ErrorField = 'name' | 'message' | 'kind' | 'code' | 'statusCode'

/** A callback may throw any value: `undefined` and strings have none of these fields. */
function toErrorFields(cause: unknown): Partial<Record<ErrorField, unknown>> {
  return typeof cause === 'object' && cause !== null ? cause : {}
}
