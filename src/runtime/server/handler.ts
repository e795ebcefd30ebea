import type { Adapter } from '@auth/core/adapters'
import { options } from '#nuxt-authjs/options'
import { createError, defineEventHandler, parseCookies, respond, setResponseHeader } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../shared/errors'
import type { AuthDefinition, AuthEvent, Awaitable } from '../shared/types'
import { isPage, methods, parseAction } from './http/actions'
import type { Action } from './http/actions'
import { toJson } from './http/answer'
import type { Answer } from './http/answer'
import { isCsrfTokenValid, toCsrfHeaders } from './authjs/csrf'
import type { AnyProvider, DefinitionInput, SessionFrom, TokenFrom } from './define'
import { getEnvironment } from './config/environment'
import { getConfig } from './config/load'
import type { RequestConfig } from './config/load'
import { toUserLanguage } from './http/language'
import { lazy } from './http/lazy'
import { logError, logRefusal, logWarning } from './log'
import { isOAuth } from './config/providers'
import type { MergedProvider } from './config/providers'
import { findOwnOrigin, getRequestLine, getRequestParts, isCrossSite, isSharedRender, readFields } from './http/request'
import type { RequestParts } from './http/request'
import type { Run } from './authjs/run'
import { getServerSession, updateServerSession } from './session/session'

// Most requests read the session: everything else is a chunk of its own.
const loadAuth = lazy(() => import('./authjs/run'))
const loadEmail = lazy(() => import('./authjs/email'))
const loadWebAuthn = lazy(() => import('./authjs/webauthn'))
const loadPages = lazy(() => import('./pages/answer'))
const loadRetry = lazy(() => import('./pages/retry'))

/** A catch-all handler that carries its definition, so that sessions are typed by it and read by it everywhere. */
export type AuthHandler<S, T> = ((event: AuthEvent) => Awaitable<unknown>) & AuthDefinition<S, T>

/**
 * Auth.js as a Nitro handler, for an app that keeps its own `server/api/auth/[...].ts`.
 * Takes what `defineAuth` takes, or its result.
 */
export function NuxtAuthHandler<P extends AnyProvider, T extends object = object, S extends object = object, CT = unknown, CS = unknown, A extends Adapter | undefined = undefined, Strategy extends 'jwt' | 'database' | undefined = undefined>(
  definition: DefinitionInput<P, T, S, CT, CS, A, Strategy>,
): AuthHandler<SessionFrom<S, CS>, TokenFrom<T, CT, A, Strategy>>
export function NuxtAuthHandler<S, T>(definition: AuthDefinition<S, T>): AuthHandler<S, T>
export function NuxtAuthHandler(definition: object): object {
  return Object.assign(defineEventHandler(answer), { definition })
}

export default defineEventHandler(answer)

async function answer(event: AuthEvent): Promise<unknown> {
  const { method, path } = getRequestLine(event)
  // Set first, so that they are on error answers too.
  for (const [name, value] of Object.entries(privacy)) setResponseHeader(event, name, value)
  const action = parseAction(path.replace(/[?#].*/s, ''), options.basePath)
  const isRead = action?.name === 'session' && (method === 'GET' || method === 'HEAD')
  try {
    return isRead ? await answerSession(event) : await answerOther(event, action)
  }
  catch (error) {
    return fail(event, error)
  }
}

/** The session as JSON. As text, because a host would stringify an object again. */
async function answerSession(event: AuthEvent): Promise<string> {
  // Also for anonymous users: this is where an operator looks first, and a server that can't sign anybody in must not say `null`.
  if (!isSharedRender(event)) await getConfig(event)
  const session = await getServerSession(event)
  setResponseHeader(event, 'content-type', 'application/json')
  return JSON.stringify(session)
}

async function answerOther(event: AuthEvent, action: Action | undefined): Promise<unknown> {
  const dispatched = await dispatch(event, getRequestParts(event), action)
  const answered = dispatched.headers.location === undefined ? dispatched : toUserLanguage(event, await getConfig(event), dispatched)
  return respond(event, answered, answered.status === 503 ? { ...privacy, 'retry-after': answered.headers['retry-after'] ?? '5' } : privacy)
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
  if (action.provider && !provider) return toJson({ ok: false, status: 404, url: null, error: 'UnknownProvider', code: null }, { status: 404 })
  if (isPage(action, parts.method)) return await (await loadPages()).answerPage({ event, config, parts, action })
  const isCredentials = provider?.type === 'credentials'
  if (action.name === 'callback' && isCredentials && parts.method !== 'POST') return refuse(405, { allow: 'POST' })
  if (action.name === 'webauthn-options' && provider?.type !== 'webauthn') return refuse(404)
  // A provider on the web may post its answer from its own site; every other form is ours.
  const isForeignAllowed = action.name === 'callback' && isOAuth(provider)
  if (parts.method === 'POST' && !isForeignAllowed && isCrossSite(parts, config.origin)) return refuseOrigin(event, parts, config.origin)
  const fields = parts.method === 'POST' ? await readFields(event, parts) : undefined
  if (typeof fields === 'number') return refuse(fields)
  if (fields?.callbackUrl !== undefined && typeof fields.callbackUrl !== 'string') return refuse(400)
  const isVerified = fields !== undefined && !isForeignAllowed && await hasCsrfToken(event, config, fields)
  // Auth.js asks for no CSRF token here.
  if (provider?.type === 'webauthn' && fields && !isVerified) return refuse(403)
  const { name } = config.cookies.csrfToken
  const headers = isVerified ? parts.headers : await toCsrfHeaders(parts.headers, name, parseCookies(event)[name], config.secret)
  // Credentials have no page of a provider between the two: a client need not know what kind its provider is.
  const asked = action.name === 'signin' && isCredentials && fields ? { ...action, name: 'callback' } : action
  const answer = await runProvider({ event, config, parts: { ...parts, headers }, action: asked, fields, isVerified }, provider)
  const { failure } = answer
  return fields && failure ? (await loadRetry()).toRetry({ event, config, provider: action.provider, fields, answer, failure }) : answer
}

/** The host logs the address of what it did not expect, and the address of a callback holds a code: this says it instead. */
function fail(event: AuthEvent, error: unknown): never {
  if (!(error instanceof NuxtAuthError)) throw error
  logError(error.message, error.cause)
  if (error.statusCode === 503) setResponseHeader(event, 'retry-after', '5')
  const { statusCode, statusMessage } = error
  // Without a message h3 v2 would send that of the cause.
  throw createError({ statusCode, statusMessage, message: statusMessage, cause: error })
}

async function runProvider(run: Run, provider: MergedProvider | undefined): Promise<Answer> {
  if (provider?.type === 'email') {
    const { isReplacing, runEmail } = await loadEmail()
    return await isReplacing(run, provider) ? await (await loadPages()).answerSwitch(run) : await runEmail(run, provider)
  }
  if (provider?.type === 'webauthn') return await (await loadWebAuthn()).runWebAuthn(run)
  return await (await loadAuth()).runAuth(run)
}

async function hasCsrfToken(event: AuthEvent, config: RequestConfig, { csrfToken }: Record<string, unknown>): Promise<boolean> {
  return await isCsrfTokenValid(parseCookies(event)[config.cookies.csrfToken.name], csrfToken, config.secret)
}

const privacy: Record<string, string> = { 'cache-control': 'private, no-store', 'vary': 'Cookie', 'referrer-policy': 'same-origin' }

/** Refuses another site's request. A browser whose own origin is not AUTH_URL sends the same headers: that is said by its code. */
function refuseOrigin(event: AuthEvent, { headers }: RequestParts, origin: string): Answer {
  const sent = findOwnOrigin(event, headers)
  if (sent === undefined || sent === origin) return refuse(403)
  const source = getEnvironment(event).origin ? 'AUTH_URL' : 'the host of the request'
  const { code, message } = new NuxtAuthError('AUTH_R051', { sent, source, origin })
  logWarning(message)
  const result = { ok: false, status: 403, url: null, error: 'Configuration', code, message }
  return toJson(import.meta.dev ? result : { statusCode: 403 }, { status: 403 })
}

function refuse(status: number, extra?: Record<string, string>): Answer {
  if (status === 403) logRefusal('request refused', { status, reason: 'sent by another site, or without a valid CSRF token' })
  // Who sends too slowly has to connect again.
  return toJson({ statusCode: status }, { status, headers: status === 408 ? { connection: 'close' } : extra })
}
