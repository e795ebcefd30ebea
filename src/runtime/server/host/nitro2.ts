import {
  defineEventHandler, getRequestWebStream, getResponseHeader, setCookie, setResponseHeader, setResponseStatus,
} from 'h3'
import type { App, H3Event } from 'h3'
import type { Answer } from '../http/answer'
import { isSharingHeader, privateControl } from '../http/headers'
import type { UpgradeRequest } from '../http/upgrade'
import type { NitroApp, SetHeaders } from './types'

export {
  createError, defineEventHandler, getRequestHost, getRequestProtocol, getResponseHeader, isError, parseCookies,
  setCookie, setResponseHeader,
} from 'h3'
export { defineNitroPlugin, getRouteRules, useRuntimeConfig, useStorage } from 'nitropack/runtime'

/** The part of Nitro 2's app that this file uses. */
interface Nitro2App extends NitroApp {
  h3App: App
  hooks: NitroApp['hooks'] & {
    hook: (name: 'render:response', run: RenderHook) => unknown
  }
}

type RenderHook = (response: { headers: object }, context: { event: H3Event }) => unknown
type Upgrade = (request: UpgradeRequest) => Promise<void>

/** The `Cookie` header as it was sent; empty if there is none. */
export function getCookieHeader(event: H3Event): string {
  return event.node.req.headers.cookie ?? ''
}

/**
 * Makes the response private. Any header that is set later to let caches share it sets it to private instead. A hook
 * would be too late for a proxied or streamed response, whose headers h3 v1 copies to `res` and sends at once.
 */
export function keepPrivate({ node: { res } }: H3Event): void {
  for (const name of res.getHeaderNames().filter(isSharingHeader)) res.removeHeader(name)
  const { setHeader, appendHeader } = res
  const setPrivate = () => setHeader.call(res, 'cache-control', privateControl)
  res.setHeader = (name, value) => isSharingHeader(name) ? setPrivate() : setHeader.call(res, name, value)
  res.appendHeader = (name, value) => isSharingHeader(name) ? setPrivate() : appendHeader.call(res, name, value)
  setPrivate()
}

/**
 * The body in chunks; undefined if there is none. An unread Node stream is returned as it is, because the web stream
 * that h3 v1 wraps it in takes a tenth of the CPU time of a sign-in. A small body is complete one turn of the event
 * loop later, and saves a seventh as an array.
 */
export async function getBody(event: H3Event): Promise<AsyncIterable<Uint8Array> | Uint8Array[] | undefined> {
  const { req } = event.node
  const isRead = req.readableFlowing !== null || ['body', 'rawBody', '__unenv__'].some(key => key in req)
  if (event.web || isRead) return getRequestWebStream(event)
  await new Promise(resolve => setImmediate(resolve))
  if (!req.complete) return req
  const body: Uint8Array | null = req.read()
  return [body ?? new Uint8Array()]
}

/** Sends `answer` with the headers `own` on top: a handler returns the result. */
export function respond(event: H3Event, answer: Answer, own: Record<string, string>): string | null {
  const { status, headers, cookies = [], body } = answer
  setResponseStatus(event, status)
  for (const [name, value] of Object.entries({ ...headers, ...own })) setResponseHeader(event, name, value)
  for (const { name, value, options } of cookies) setCookie(event, name, value, options)
  if (typeof body === 'object') return JSON.stringify(body)
  // h3 v1 turns null with status 200 into 204.
  return body ?? (status === 200 ? '' : null)
}

/** Adds a handler before all others: middleware, redirects, proxies, caches and static files included. */
export function useFirst({ h3App }: Nitro2App, handler: (event: H3Event) => unknown, upgrade?: Upgrade): void {
  h3App.stack.unshift({ route: '/', handler: defineEventHandler(handler) })
  if (upgrade) h3App.websocket.hooks = { ...h3App.websocket.hooks, upgrade }
}

/** Calls `run` for every page before it is sent, with its event, its `Vary` header and a setter of headers. */
export function usePage(
  { hooks }: Nitro2App,
  run: (page: H3Event, vary: unknown, setHeaders: SetHeaders) => unknown,
): void {
  hooks.hook('render:response', (response, { event }) => run(event, getResponseHeader(event, 'vary'), (own) => {
    response.headers = { ...response.headers, ...own }
  }))
}
