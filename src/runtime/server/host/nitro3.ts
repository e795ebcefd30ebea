import { setCookie } from 'h3'
import type { H3Event } from 'h3'
import type { Answer } from '../http/answer'
import { isSharingHeader, privateControl } from '../http/headers'
import { logError } from '../log'
import type { NitroApp, SetHeaders } from './types'

export {
  createError, defineEventHandler, getRequestHost, getRequestProtocol, isError, parseCookies, setCookie,
} from 'h3'
export { useStorage } from 'nitro/storage'
export { getRouteRules, useRuntimeConfig } from 'nuxt/server'

/** The part of h3 v2's event that this file uses. The package is compiled with the types of h3 v1. */
interface Event3 {
  req?: Request
  headers: Headers
  res: { headers: Headers }
  context: { nuxtAuthjs?: { page?: Event3, isPrivate?: boolean } }
}

/** h3 v2's error. Its `cause` is the thrown error, or the options of `createError`, which have a cause of their own. */
interface Failure {
  status: number
  statusText?: string
  message: string
  cause?: unknown
}

/** An error of this module's catalogue. */
interface OwnError { message: string, cause?: unknown }

/** The part of Nitro 3's app that this file uses. */
interface Nitro3App extends NitroApp {
  h3: { config: { onError?: (error: Failure, event: Event3) => unknown } }
  hooks: NitroApp['hooks'] & {
    hook: ((name: 'request', run: (event: Event3) => unknown) => unknown)
      & ((name: 'response', run: (response: Response, event: Event3) => unknown) => unknown)
  }
}

/** A Nitro plugin, with this module's errors handled as `keepStatus` says. */
export function defineNitroPlugin(plugin: (nitro: Nitro3App) => void): (nitro: Nitro3App) => void {
  return (nitro) => {
    keepStatus(nitro.h3.config)
    plugin(nitro)
  }
}

/**
 * Keeps the status of this module's errors: h3 v2 answers 500 to every error that isn't its own. It also takes the
 * message of an error from its cause: this module's messages are logged and never sent, at any depth of causes.
 */
function keepStatus(config: Nitro3App['h3']['config']): void {
  const { onError } = config
  config.onError = (error, event) => {
    const own = findOwnError(error.cause)
    if (own) hideMessage(error, own)
    return onError?.(error, event)
  }
}

function hideMessage(error: Failure, own: OwnError): void {
  const { status, statusText = 'Server Error' } = error
  const isThrown = own === error.cause
  const hasMessage = error.message.includes(own.message)
  if (isThrown) {
    // Nitro 3 would log an unhandled error again. If the auth route created the error, that has logged it.
    logError(own.message, own.cause)
    Object.assign(error, { unhandled: false })
  }
  if (hasMessage) Object.assign(error, { message: statusText })
  if (isThrown || hasMessage) Object.assign(error, { toJSON: () => ({ status, statusText, message: statusText }) })
}

/** This module's error in a chain of causes, of which the first ten are searched. */
function findOwnError(cause: unknown, depth = 10): OwnError | undefined {
  if (typeof cause !== 'object' || cause === null || depth === 0) return undefined
  if (isOwnError(cause)) return cause
  return 'cause' in cause ? findOwnError(cause.cause, depth - 1) : undefined
}

function isOwnError(error: object): error is OwnError {
  return 'name' in error && error.name === 'NuxtAuthError' && 'message' in error && typeof error.message === 'string'
}

/** Sets a header of the event's response. */
export function setResponseHeader(event: Event3, name: string, value: string): void {
  event.res.headers.set(name, value)
}

/** A header of the event's response, as set so far. */
export function getResponseHeader(event: Event3, name: string): string | null {
  return event.res.headers.get(name)
}

/** The `Cookie` header as it was sent; empty if there is none. */
export function getCookieHeader(event: Event3): string {
  // The upgrade request of a WebSocket has no `req`.
  return (event.req ?? event).headers.get('cookie') ?? ''
}

/**
 * Makes the response private. The mark on the context, which the event of a render shares with its response, lets
 * `usePage` override headers that are set later.
 */
export function keepPrivate(event: Event3): void {
  event.res.headers.set('cache-control', privateControl)
  if (event.context.nuxtAuthjs) event.context.nuxtAuthjs.isPrivate = true
}

/** The body as a stream; undefined if there is none. */
export function getBody(event: Event3 & { req: Request }): ReadableStream<Uint8Array> | undefined {
  return event.req.body ?? undefined
}

/** `answer` as a Response with the headers `own` on top: a handler returns the result. */
export function respond(event: Event3 & { req: Request }, answer: Answer, own: Record<string, string>): Response {
  const { status, headers, cookies = [], body } = answer
  const all = new Headers({ ...headers, ...own })
  // At run time both are h3 v2's, but `setCookie` has the types of h3 v1.
  for (const { name, value, options } of cookies) setCookie(event as unknown as H3Event, name, value, options)
  // h3 v2 leaves out the event's cookies if the status is an error, so they move to the response.
  for (const cookie of event.res.headers.getSetCookie()) all.append('set-cookie', cookie)
  event.res.headers.delete('set-cookie')
  const text = typeof body === 'object' ? JSON.stringify(body) : body
  return new Response(event.req.method === 'HEAD' ? null : text, { status, headers: all })
}

/** Calls `handler` before all others. Its result is ignored, because Nitro 3 has no public API for a first handler. */
export function useFirst({ hooks }: Nitro3App, handler: (event: Event3) => unknown, upgrade?: object): void {
  if (upgrade) throw new Error('Nitro 3 has no place before every handler')
  hooks.hook('request', handler)
}

/** Calls `run` for every page before it is sent, with its event, its `Vary` header and a setter of headers. */
export function usePage(
  { hooks }: Nitro3App,
  run: (page: Event3, vary: unknown, setHeaders: SetHeaders) => unknown,
): void {
  hooks.hook('response', ({ headers }, { context }) => {
    const { page, isPrivate } = context.nuxtAuthjs ?? {}
    if (isPrivate) {
      for (const name of [...headers.keys()].filter(isSharingHeader)) headers.delete(name)
      headers.set('cache-control', privateControl)
    }
    if (!page) return
    return run(page, headers.get('vary'), (own) => {
      for (const [name, value] of Object.entries(own)) headers.set(name, value)
    })
  })
}
