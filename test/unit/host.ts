import { setCookie } from 'h3'
import type { H3Event } from 'h3'
import { createStorage } from 'unstorage'
import type { Storage } from 'unstorage'
import type { Answer } from '../../src/runtime/server/http/answer'
import { toEvent } from './event'

export { createError, defineEventHandler, isError, getRequestHost, getRequestProtocol, getRequestWebStream as getBody, getResponseHeader, parseCookies, setCookie, setResponseHeader } from 'h3'

export const useRuntimeConfig = () => ({ app: { baseURL: '/', buildAssetsDir: '/_nuxt/' }, auth: {} })
export const keepPrivate = (event: H3Event) => event.node.res.setHeader('cache-control', 'private, no-store')
export const getCookieHeader = (event: H3Event) => event.node.req.headers.cookie ?? ''
// Returns a web Response, which is easy to inspect. Headers set on the event stay there, so a test can tell the two apart.
export const respond = (_event: object, { status, headers, cookies = [], body }: Answer, own: Record<string, string>) => {
  const sent = toEvent()
  for (const { name, value, options } of cookies) setCookie(sent, name, value, options)
  const all = new Headers({ ...headers, ...own })
  for (const cookie of [sent.node.res.getHeader('set-cookie') ?? []].flat()) all.append('set-cookie', String(cookie))
  return new Response(typeof body === 'object' ? JSON.stringify(body) : body, { status, headers: all })
}
export const getRouteRules = () => ({})

/** The storage that the next request finds mounted as `auth`. */
export const storage: { current: Storage } = { current: createStorage() }
export const useStorage = () => storage.current
