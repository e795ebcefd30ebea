import type { Adapter } from '@auth/core/adapters'
import { createError, defineEventHandler, parseCookies, respond, setResponseHeader } from '#nuxt-authjs/host'
import { options } from '#nuxt-authjs/options'
import { NuxtAuthError } from '../shared/errors'
import type { AuthDefinition, AuthEvent, Awaitable } from '../shared/types'
import { isCsrfTokenValid, toCsrfHeaders } from './token/csrf'
import type { Run } from './authjs/run'
import { getEnvironment } from './config/environment'
import { getConfig } from './config/load'
import type { RequestConfig } from './config/load'
import { isOAuth } from './config/providers'
import type { MergedProvider } from './config/providers'
import type { AnyProvider, DefinitionInput, SessionFrom, TokenFrom } from './define'
import { isPage, methods, parseAction } from './http/actions'
import type { Action } from './http/actions'
import { toJson } from './http/answer'
import type { Answer } from './http/answer'
import { toUserLanguage } from './http/language'
import { lazy } from './http/lazy'
import { findOwnOrigin, getRequestLine, getRequestParts, isCrossSite, isSharedRender, readFields } from './http/request'
import type { RequestParts } from './http/request'
import { logError, logRefusal, logWarning } from './log'
import { getServerSession, updateServerSession } from './session/session'

// Most requests read the session: everything else is lazy-loaded.
const loadAuth = lazy(() => import('./authjs/run'))
const loadEmail = lazy(() => import('./authjs/email'))
const loadWebAuthn = lazy(() => import('./authjs/webauthn'))
const loadPages = lazy(() => import('./pages/answer'))
const loadRetry = lazy(() => import('./pages/retry'))

/** The headers of every response. */
const privacy = { 'cache-control': 'private, no-store', 'vary': 'Cookie', 'referrer-policy': 'same-origin' }

/** A catch-all handler with its definition, from which the app's sessions are typed and read. */
export type AuthHandler<S, T> = ((event: AuthEvent) => Awaitable<unknown>) & AuthDefinition<S, T>

/**
 * Auth.js as a Nitro handler, for an app that keeps its own `server/api/auth/[...].ts`.
 * Takes the argument of `defineAuth`, or its result.
 */
export function NuxtAuthHandler<
  P extends AnyProvider,
  T extends object = object,
  S extends object = object,
  CT = unknown,
  CS = unknown,
  A extends Adapter | undefined = undefined,
  Strategy extends 'jwt' | 'database' | undefined = undefined,
>(
  definition: DefinitionInput<P, T, S, CT, CS, A, Strategy>,
): AuthHandler<SessionFrom<S, CS>, TokenFrom<T, CT, A, Strategy>>
export function NuxtAuthHandler<S, T>(definition: AuthDefinition<S, T>): AuthHandler<S, T>
export function NuxtAuthHandler(definition: object): object {
  return Object.assign(defineEventHandler(answer), { definition })
}

/** The handler of all routes below the base path. */
export default defineEventHandler(answer)

async function answer(event: AuthEvent): Promise<unknown> {
  const { method, path } = getRequestLine(event)
  // Set first, so that error responses have them too.
  for (const [name, value] of Object.entries(privacy)) setResponseHeader(event, name, value)
  const action = parseAction(path.replace(/[?#].*/s, ''), options.basePath)
  const isRead = action?.name === 'session' && (method === 'GET' || method === 'HEAD')
  try {
    return isRead ? await answerSession(event) : await answerOther(event, action)
  }
  catch (error) {
    throw toPublicError(event, error)
  }
}

/** The session as JSON text: a host would stringify an object a second time. */
async function answerSession(event: AuthEvent): Promise<string> {
  // For anonymous users too: `null` from a server that can't sign anyone in would hide a wrong configuration.
  if (!isSharedRender(event)) await getConfig(event)
  const session = await getServerSession(event)
  setResponseHeader(event, 'content-type', 'application/json')
  return JSON.stringify(session)
}

async function answerOther(event: AuthEvent, action: Action | undefined): Promise<unknown> {
  const raw = await dispatch(event, getRequestParts(event), action)
  const answered = raw.headers.location === undefined ? raw : toUserLanguage(event, await getConfig(event), raw)
  if (answered.status !== 503) return respond(event, answered, privacy)
  return respond(event, answered, { ...privacy, 'retry-after': answered.headers['retry-after'] ?? '5' })
}

async function dispatch(event: AuthEvent, parts: RequestParts, action: Action | undefined): Promise<Answer> {
  if (!action) return refuse(404)
  const allowed = methods[action.name] ?? []
  if (!allowed.includes(parts.method)) return refuse(405, { allow: allowed.join(', ') })
  return action.name === 'session' ? await answerUpdate(event, parts) : await answerAction(event, parts, action)
}

async function answerUpdate(event: AuthEvent, parts: RequestParts): Promise<Answer> {
  const config = await getConfig(event)
  if (isCrossSite(parts, config.origin)) return refuseOrigin(event, parts, config.origin)
  const fields = await readFields(event, parts)
  if (typeof fields === 'number') return refuse(fields)
  if (!await hasCsrfToken(event, config, fields)) return refuse(403)
  return toJson(await updateServerSession(event, fields.data))
}

async function answerAction(event: AuthEvent, parts: RequestParts, action: Action): Promise<Answer> {
  const config = await getConfig(event)
  const provider = config.providers.find(({ id }) => id === action.provider)
  if (action.provider && !provider) return refuseProvider()
  if (isPage(action, parts.method)) return await (await loadPages()).answerPage({ event, config, parts, action })
  const isPost = parts.method === 'POST'
  if (action.name === 'callback' && provider?.type === 'credentials' && !isPost) return refuse(405, { allow: 'POST' })
  if (action.name === 'webauthn-options' && provider?.type !== 'webauthn') return refuse(404)
  const request = { event, config, parts, action, fields: undefined, isVerified: false }
  return isPost ? await answerForm(request, provider) : await runUnverified(request, provider)
}

/** A POST: the fields of a form of this site, or the response of a provider. */
async function answerForm(request: Run, provider: MergedProvider | undefined): Promise<Answer> {
  const { event, config, parts, action } = request
  // An OAuth provider may post its response from its own site. All other forms are this site's.
  const isForeignAllowed = action.name === 'callback' && isOAuth(provider)
  if (!isForeignAllowed && isCrossSite(parts, config.origin)) return refuseOrigin(event, parts, config.origin)
  const fields = await readFields(event, parts)
  if (typeof fields === 'number') return refuse(fields)
  if (fields.callbackUrl !== undefined && typeof fields.callbackUrl !== 'string') return refuse(400)
  const isVerified = !isForeignAllowed && await hasCsrfToken(event, config, fields)
  // Auth.js doesn't check the CSRF token of a passkey.
  if (provider?.type === 'webauthn' && !isVerified) return refuse(403)
  // No page of a provider comes between sign-in and callback, so that clients need not know the type of a provider.
  const isSignIn = action.name === 'signin' && provider?.type === 'credentials'
  const run = { ...request, action: isSignIn ? { ...action, name: 'callback' } : action, fields, isVerified }
  const answered = isVerified ? await runProvider(run, provider) : await runUnverified(run, provider)
  const { failure } = answered
  if (!failure) return answered
  const { toRetry } = await loadRetry()
  return await toRetry({ event, config, provider: action.provider, fields, answer: answered, failure })
}

/** Runs a request without a valid CSRF token. Auth.js gets a CSRF cookie that matches no token in the request. */
async function runUnverified(run: Run, provider: MergedProvider | undefined): Promise<Answer> {
  const { event, config, parts } = run
  const { name } = config.cookies.csrfToken
  const headers = await toCsrfHeaders(parts.headers, name, parseCookies(event)[name], config.secret)
  return await runProvider({ ...run, parts: { ...parts, headers } }, provider)
}

async function runProvider(run: Run, provider: MergedProvider | undefined): Promise<Answer> {
  if (provider?.type === 'email') {
    const { isReplacing, runEmail } = await loadEmail()
    if (!await isReplacing(run, provider)) return await runEmail(run, provider)
    return await (await loadPages()).answerSwitch(run)
  }
  if (provider?.type === 'webauthn') return await (await loadWebAuthn()).runWebAuthn(run)
  return await (await loadAuth()).runAuth(run)
}

/**
 * The error for the client; its details go to the log. An error of the module is replaced, because a host logs the
 * URL of errors that it doesn't know, and the URL of a callback contains a code.
 */
function toPublicError(event: AuthEvent, error: unknown): unknown {
  if (!(error instanceof NuxtAuthError)) return error
  logError(error.message, error.cause)
  if (error.statusCode === 503) setResponseHeader(event, 'retry-after', '5')
  const { statusCode, statusMessage } = error
  // Without a message, h3 v2 sends the message of the cause.
  return createError({ statusCode, statusMessage, message: statusMessage, cause: error })
}

async function hasCsrfToken(event: AuthEvent, config: RequestConfig, fields: Record<string, unknown>) {
  const cookie = parseCookies(event)[config.cookies.csrfToken.name]
  return await isCsrfTokenValid(cookie, fields.csrfToken, config.secret)
}

/**
 * Refuses a request of another site. If the browser is on this app, but at another origin than the configured one,
 * it sends the same headers: AUTH_R051 in the log tells the two apart.
 */
function refuseOrigin(event: AuthEvent, { headers }: RequestParts, origin: string): Answer {
  const sent = findOwnOrigin(event, headers)
  if (sent === undefined || sent === origin) return refuse(403)
  const source = getEnvironment(event).origin ? 'AUTH_URL' : 'the host of the request'
  const { code, message } = new NuxtAuthError('AUTH_R051', { sent, source, origin })
  logWarning(message)
  const result = { ok: false, status: 403, url: null, error: 'Configuration', code, message }
  return toJson(import.meta.dev ? result : { statusCode: 403 }, { status: 403 })
}

function refuseProvider(): Answer {
  return toJson({ ok: false, status: 404, url: null, error: 'UnknownProvider', code: null }, { status: 404 })
}

function refuse(status: number, extra?: Record<string, string>): Answer {
  const reason = 'sent by another site, or without a valid CSRF token'
  if (status === 403) logRefusal('request refused', { status, reason })
  // After a timeout, the rest of the body may still arrive on this connection.
  return toJson({ statusCode: status }, { status, headers: status === 408 ? { connection: 'close' } : extra })
}
