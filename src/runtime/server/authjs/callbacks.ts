import type { AuthConfig } from '@auth/core/types'
import { NuxtAuthError } from '../../shared/errors'
import type { RequestConfig } from '../config/load'
import type { MergedProvider } from '../config/providers'
import { isRefusal } from '../callbacks/validation'
import type { Action } from '../http/actions'
import { logError } from '../log'
import { ProviderFault } from '../providers/fetch'

type Callbacks = NonNullable<AuthConfig['callbacks']>
type SignIn = NonNullable<Callbacks['signIn']>
type Redirect = NonNullable<Callbacks['redirect']>

/** A callback that threw during a sign-in, and what the visitor is told of it. */
export interface Fault {
  /** `refused`: a 4xx of `createError`; `outage`: a dependency failed; `failed`: anything else, such as a field that is missing. */
  kind: 'refused' | 'outage' | 'failed'
  /** The callback, such as `callbacks.signIn`. */
  name: string
  status: number
  code?: string
  cause: unknown
}

/** What the definition's callbacks did during one run of Auth.js, which Auth.js's answer does not say. */
export interface Watch {
  /** Where `callbacks.signIn` sends this visitor instead of signing them in. */
  page?: string
  /** Why `callbacks.signIn` refused, for the log. */
  reason?: string
  fault?: Fault
  /** `callbacks.redirect` named another origin. */
  isForeign?: boolean
}

/** The definition's `signIn` and `redirect`, with a note in `watch` of what they decided. */
export function watchCallbacks(config: RequestConfig, { name }: Action, provider: MergedProvider | undefined, watch: Watch): Callbacks {
  const { callbacks, origin } = config
  const decide = toRedirect(callbacks.redirect, origin, watch)
  // A flow ends at its callback, and only a path of this app is kept until then: the cookie and the link that keep it come back from the client.
  const redirect: Redirect = name === 'callback' || name === 'signout' ? decide : toOwnUrl
  return { ...callbacks, redirect, ...(callbacks.signIn && { signIn: watchSignIn(callbacks.signIn, decide, origin, provider, watch) }) }
}

/** A page named by `callbacks.signIn` is a refusal for every kind of provider. Auth.js would sign in with a passkey all the same. */
function watchSignIn(signIn: SignIn, decide: Redirect, origin: string, provider: MergedProvider | undefined, watch: Watch): SignIn {
  return async (params) => {
    const allowed = await noteFault('callbacks.signIn', watch, () => signIn(params))
    if (typeof allowed === 'string' && allowed !== '') {
      watch.reason = 'callbacks.signIn named another page'
      watch.page = await decide({ url: allowed, baseUrl: origin })
      return false
    }
    if (allowed && (allowed === true || provider?.type !== 'webauthn')) return true
    watch.reason = 'callbacks.signIn returned false'
    return false
  }
}

/** The definition's `redirect`: it alone may name another origin, for it never gets one from the client. */
function toRedirect(own: Redirect | undefined, origin: string, watch: Watch): Redirect {
  return async (params) => {
    if (!own) return toOwnUrl(params)
    const target: unknown = await own(params)
    const url = typeof target === 'string' && target !== '' && URL.canParse(target, origin) ? new URL(target, origin) : undefined
    if (url && /^https?:$/.test(url.protocol)) {
      watch.isForeign = url.origin !== origin
      return target as string
    }
    logError(new NuxtAuthError('AUTH_R052').message)
    return toOwnUrl(params)
  }
}

/** Auth.js's default: an address of this app, or its origin. */
function toOwnUrl({ url, baseUrl }: { url: string, baseUrl: string }): string {
  if (url.startsWith('/')) return `${baseUrl}${url}`
  return URL.canParse(url) && new URL(url).origin === baseUrl ? url : baseUrl
}

async function noteFault<T>(name: string, watch: Watch, run: () => T): Promise<Awaited<T>> {
  try {
    return await run()
  }
  catch (cause) {
    watch.fault = toFault(name, cause)
    throw cause
  }
}

/** How a callback of the definition failed; undefined for an error that says so itself. */
export function toFault(name: string, cause: unknown): Fault | undefined {
  // Auth.js's own errors say what they are.
  if (cause instanceof ProviderFault || (cause as { kind?: unknown } | null)?.kind !== undefined) return undefined
  if (isRefusal(cause)) return { kind: 'refused', name, status: cause.statusCode, code: cause.statusMessage, cause }
  if (isOutage(cause)) return { kind: 'outage', name, status: 503, cause }
  return { kind: 'failed', name, status: 403, code: 'AUTH_R050', cause }
}

/** True for a failed dependency: a request, a socket, a time limit, or a status of 500 and above. */
function isOutage(cause: unknown): boolean {
  const { name = '', message = '', code, statusCode } = (cause ?? {}) as { name?: string, message?: string, code?: unknown, statusCode?: unknown }
  if (typeof statusCode === 'number' && statusCode >= 500) return true
  return /^(?:AbortError|TimeoutError|FetchError)$/.test(name) || message === 'fetch failed' || /^(?:E[A-Z]{3,}|UND_ERR_\w+)$/.test(String(code))
}
