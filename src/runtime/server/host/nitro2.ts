import {
  defineEventHandler, getRequestWebStream, getResponseHeader, setCookie, setResponseHeader, setResponseStatus,
} from 'h3'
import type { App, H3Event } from 'h3'
import type { Answer } from '../http/answer'
import { isSharingHeader, privateControl } from '../http/headers'
import type { UpgradeRequest } from '../http/upgrade'
import type { NitroApp, SetHeaders } from './types'

export {
  createError, defineEventHandler, getRequestHost, getRequestProtocol, getResponseHeader, isError, parseCookies, setCookie, setResponseHeader,
} from 'h3'
export { defineNitroPlugin, getRouteRules, useRuntimeConfig, useStorage } from 'nitropack/runtime'

/** Nitro 2's app, as far as it is used here. */
interface Nitro2App extends NitroApp {
  h3App: App
  hooks: NitroApp['hooks'] & {
    hook: (name: 'render:response', run: (response: { headers: object }, context: { event: H3Event }) => unknown) => unknown
  }
}

export function getCookieHeader(event: H3Event): string {
  return event.node.req.headers.cookie ?? ''
}

/**
 * Headers set later that would share the response set it private instead. A hook would be too late for a proxied or streamed
 * response, whose headers h3 v1 copies to `res` and sends at once.
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
 * The body in chunks. An unread Node stream is used as it is: h3 v1 would wrap it in a web stream, which takes a tenth of a
 * sign-in. A body that arrived together with its headers is complete one turn later, which saves another seventh.
 */
export async function getBody(event: H3Event): Promise<AsyncIterable<Uint8Array> | Uint8Array[] | undefined> {
  const { req } = event.node
  const isTaken = event.web || req.readableFlowing !== null || ['body', 'rawBody', '__unenv__'].some(key => key in req)
  if (isTaken) return getRequestWebStream(event)
  await new Promise(resolve => setImmediate(resolve))
  if (!req.complete) return req
  const body: Uint8Array | null = req.read()
  return [body ?? new Uint8Array()]
}

export function respond(event: H3Event, { status, headers, cookies = [], body }: Answer, own: Record<string, string>): string | null {
  setResponseStatus(event, status)
  for (const [name, value] of Object.entries({ ...headers, ...own })) setResponseHeader(event, name, value)
  for (const { name, value, options } of cookies) setCookie(event, name, value, options)
  if (typeof body === 'object') return JSON.stringify(body)
  // h3 v1 turns null with status 200 into 204.
  return body ?? (status === 200 ? '' : null)
}

type Upgrade = (request: UpgradeRequest) => Promise<void>

export function useFirst({ h3App }: Nitro2App, handler: (event: H3Event) => unknown, upgrade?: Upgrade): void {
  h3App.stack.unshift({ route: '/', handler: defineEventHandler(handler) })
  if (upgrade) h3App.websocket.hooks = { ...h3App.websocket.hooks, upgrade }
}

export function usePage({ hooks }: Nitro2App, run: (page: H3Event, vary: unknown, setHeaders: SetHeaders) => unknown): void {
  hooks.hook('render:response', (response, { event }) => run(event, getResponseHeader(event, 'vary'), (own) => {
    response.headers = { ...response.headers, ...own }
  }))
}
