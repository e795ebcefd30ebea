import { createError, defineEventHandler, parseCookies, setResponseHeader } from '#nuxt-authjs/host'
import { NuxtAuthError } from '../shared/errors'
import type { AuthDefinition, AuthEvent } from '../shared/types'
import { methods, parseAction } from './actions'
import type { Action } from './actions'
import { isCsrfTokenValid } from './csrf'
import type { AnyProvider, DefinitionInput, SessionFrom, TokenFrom } from './define'
import { getRuntimeConfig } from './environment'
import { logError, logRefusal } from './log'
import { getConfig } from './definition'
import type { RequestConfig } from './definition'
import { findProvider } from './providers'
import { getRequestParts, isCrossSite, readFields } from './request'
import type { RequestParts } from './request'
import { getServerSession, updateServerSession } from './session'

/** A catch-all handler that carries its definition, so that sessions are typed by it and read by it everywhere. */
export type AuthHandler<S, T> = ((event: AuthEvent) => Promise<Response>) & AuthDefinition<S, T>

/**
 * Auth.js as a Nitro handler, for an app that keeps its own `server/api/auth/[...].ts`.
 * Takes what `defineAuth` takes, or its result.
 */
export function NuxtAuthHandler<P extends AnyProvider, T extends object = object, S extends object = object, CT = unknown, CS = unknown>(
  definition: DefinitionInput<P, T, S, CT, CS>,
): AuthHandler<SessionFrom<S, CS>, TokenFrom<T, CT>>
export function NuxtAuthHandler<S, T>(definition: AuthDefinition<S, T>): AuthHandler<S, T>
export function NuxtAuthHandler(definition: object): object {
  return Object.assign(defineEventHandler(answer), { definition })
}

export default defineEventHandler(answer)

async function answer(event: AuthEvent): Promise<Response> {
  const parts = getRequestParts(event)
  // Also where the answer is an error that is thrown from here.
  for (const [name, value] of Object.entries(privacy)) setResponseHeader(event, name, value)
  const action = parseAction(parts.path.replace(/[?#].*/s, ''), getRuntimeConfig(event).public.auth.basePath)
  if (!action) return refuse(404)
  const allowed = methods[action.name] ?? []
  if (!allowed.includes(parts.method)) return refuse(405, { allow: allowed.join(', ') })
  const response = await dispatch(event, parts, action).catch(error => fail(event, error))
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(privacy)) headers.set(name, value)
  if (response.status === 503 && !headers.has('retry-after')) headers.set('retry-after', '5')
  return new Response(parts.method === 'HEAD' ? null : response.body, { status: response.status, headers })
}

async function dispatch(event: AuthEvent, parts: RequestParts, action: Action): Promise<Response> {
  if (action.name === 'session') return parts.method === 'POST' ? answerUpdate(event, parts) : answerSession(event)
  return answerAction(event, parts, action)
}

async function answerSession(event: AuthEvent): Promise<Response> {
  return Response.json(await getServerSession(event))
}

async function answerUpdate(event: AuthEvent, parts: RequestParts): Promise<Response> {
  const config = await getConfig(event)
  if (isCrossSite(parts, config.origin)) return refuse(403)
  const fields = await readFields(event, parts)
  if (typeof fields === 'number') return refuse(fields)
  const cookie = parseCookies(event)[getCsrfCookieName(config)]
  if (!await isCsrfTokenValid(cookie, fields.csrfToken, config.secret)) return refuse(403)
  return Response.json(await updateServerSession(event, fields.data))
}

async function answerAction(event: AuthEvent, parts: RequestParts, action: Action): Promise<Response> {
  const config = await getConfig(event)
  const provider = findProvider(config.providers, action.provider)
  if (action.provider && !provider) return Response.json({ ok: false, status: 404, url: null, error: 'UnknownProvider', code: null }, { status: 404 })
  const isCredentials = provider?.type === 'credentials'
  // A provider may post its answer from its own site; the credentials form is always ours.
  const isForeignAllowed = action.name === 'callback' && !isCredentials
  if (parts.method === 'POST' && !isForeignAllowed && isCrossSite(parts, config.origin)) return refuse(403)
  const fields = parts.method === 'POST' ? await readFields(event, parts) : undefined
  if (typeof fields === 'number') return refuse(fields)
  if (fields?.callbackUrl !== undefined && typeof fields.callbackUrl !== 'string') return refuse(400)
  const { runAuth } = await import('./run-auth')
  // Credentials have no page of a provider between the two: a client need not know what kind its provider is.
  const name = action.name === 'signin' && isCredentials && fields ? 'callback' : action.name
  return await runAuth({ event, config, parts, action: { ...action, name }, fields })
}

/** The host logs the address of what it did not expect, and the address of a callback holds a code: this says it instead. */
function fail(event: AuthEvent, error: unknown): never {
  if (!(error instanceof NuxtAuthError)) throw error
  logError(error.message, error.cause)
  if (error.statusCode === 503) setResponseHeader(event, 'retry-after', '5')
  throw createError({ statusCode: error.statusCode, statusMessage: error.statusMessage, cause: error })
}

function getCsrfCookieName({ cookies, useSecureCookies }: RequestConfig): string {
  return cookies.csrfToken?.name ?? `${useSecureCookies ? '__Host-' : ''}authjs.csrf-token`
}

const privacy = { 'cache-control': 'private, no-store', 'vary': 'Cookie', 'referrer-policy': 'same-origin' }

function refuse(status: number, extra?: HeadersInit): Response {
  if (status === 403) logRefusal('request refused', { status, reason: 'sent by another site, or without a valid CSRF token' })
  // Who sends too slowly has to connect again.
  return Response.json({ statusCode: status }, { status, headers: status === 408 ? { connection: 'close' } : extra })
}
