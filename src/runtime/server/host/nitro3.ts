import { setCookie } from 'h3'
import type { H3Event } from 'h3'
import type { Answer } from '../http/answer'
import { isSharingHeader, privateControl } from '../http/headers'
import { logError } from '../log'
import type { NitroApp, SetHeaders } from './types'

export { createError, defineEventHandler, getRequestHost, getRequestProtocol, isError, parseCookies, setCookie } from 'h3'
export { useStorage } from 'nitro/storage'
export { getRouteRules, useRuntimeConfig } from 'nuxt/server'

/** h3 v2's event, as far as it is used here: this package is built with the types of h3 v1. */
interface Event3 {
  req?: Request
  headers: Headers
  res: { headers: Headers }
  context: { nuxtAuthjs?: { page?: Event3, isPrivate?: boolean } }
}

/** An error in h3 v2's hands. Its `cause` is what it was made of: a thrown error, or the options of `createError`, which have a cause of their own. */
interface Failure {
  status: number
  statusText?: string
  message: string
  cause?: unknown
}

/** An error of this module's catalogue. */
interface OwnError { message: string, cause?: unknown }

/** Nitro 3's app, as far as it is used here. */
interface Nitro3App extends NitroApp {
  h3: { config: { onError?: (error: Failure, event: Event3) => unknown } }
  hooks: NitroApp['hooks'] & {
    hook: ((name: 'request', run: (event: Event3) => unknown) => unknown)
      & ((name: 'response', run: (response: Response, event: Event3) => unknown) => unknown)
  }
}

export function defineNitroPlugin(plugin: (nitro: Nitro3App) => void): (nitro: Nitro3App) => void {
  return (nitro) => {
    keepStatus(nitro.h3.config)
    plugin(nitro)
  }
}

/**
 * h3 v2 answers 500 to every error that isn't its own: this module's errors keep their status. It also takes the message of an error
 * from the cause: this module's messages stay in the log, however deep among the causes they are.
 */
function keepStatus(config: Nitro3App['h3']['config']): void {
  const { onError } = config
  config.onError = (error, event) => {
    const own = findOwnError(error.cause)
    if (own) keepToLog(error, own)
    return onError?.(error, event)
  }
}

function keepToLog(error: Failure, own: OwnError): void {
  const { status, statusText = 'Server Error' } = error
  const isThrown = own === error.cause
  const isSaid = error.message.includes(own.message)
  // Nitro 3 logs what is unhandled, with its stack; a handled error that the auth route made was logged there.
  if (isThrown) logError(own.message, own.cause)
  if (isThrown) Object.assign(error, { unhandled: false })
  if (isSaid) Object.assign(error, { message: statusText })
  if (isThrown || isSaid) Object.assign(error, { toJSON: () => ({ status, statusText, message: statusText }) })
}

/** This module's error among causes: each of at most ten has the next as its `cause`. */
function findOwnError(cause: unknown, depth = 10): OwnError | undefined {
  if (typeof cause !== 'object' || cause === null || depth === 0) return undefined
  const { name, message, cause: next } = cause as { name?: unknown, message?: unknown, cause?: unknown }
  if (name === 'NuxtAuthError' && typeof message === 'string') return cause as OwnError
  return findOwnError(next, depth - 1)
}

export function setResponseHeader(event: Event3, name: string, value: string): void {
  event.res.headers.set(name, value)
}

export function getResponseHeader(event: Event3, name: string): string | null {
  return event.res.headers.get(name)
}

/** The upgrade request of a WebSocket has no `req`. */
export function getCookieHeader(event: Event3): string {
  return (event.req ?? event).headers.get('cookie') ?? ''
}

/** Marks the context, which a page's response shares with the event of its render; `usePage` has the last word on the headers. */
export function keepPrivate(event: Event3): void {
  event.res.headers.set('cache-control', privateControl)
  if (event.context.nuxtAuthjs) event.context.nuxtAuthjs.isPrivate = true
}

export function getBody(event: Event3 & { req: Request }): ReadableStream<Uint8Array> | undefined {
  return event.req.body ?? undefined
}

export function respond(
  event: Event3 & { req: Request }, { status, headers, cookies = [], body }: Answer, own: Record<string, string>,
): Response {
  const all = new Headers({ ...headers, ...own })
  // h3 v2's own function, with the event of h3 v2.
  for (const { name, value, options } of cookies) setCookie(event as unknown as H3Event, name, value, options)
  // h3 v2 leaves cookies out if the status is an error's, so they move to the response.
  for (const cookie of event.res.headers.getSetCookie()) all.append('set-cookie', cookie)
  event.res.headers.delete('set-cookie')
  const text = typeof body === 'object' ? JSON.stringify(body) : body
  return new Response(event.req.method === 'HEAD' ? null : text, { status, headers: all })
}

/** Nitro 3 has no public place before every handler: its `request` hook runs first, but its result is ignored. */
export function useFirst({ hooks }: Nitro3App, handler: (event: Event3) => unknown, upgrade?: object): void {
  if (upgrade) throw new Error('Nitro 3 has no place before every handler')
  hooks.hook('request', handler)
}

export function usePage({ hooks }: Nitro3App, run: (page: Event3, vary: unknown, setHeaders: SetHeaders) => unknown): void {
  hooks.hook('response', ({ headers }, { context }) => {
    const { page, isPrivate } = context.nuxtAuthjs ?? {}
    if (isPrivate) {
      for (const name of [...headers.keys()].filter(isSharingHeader)) headers.delete(name)
      headers.set('cache-control', privateControl)
    }
    if (!page) return
    return run(page, headers.get('vary'), own => Object.entries(own).forEach(([name, value]) => headers.set(name, value)))
  })
}
