import { createStorage } from 'unstorage'
import type { Storage } from 'unstorage'

export { createError, defineEventHandler, isError, getRequestHost, getRequestProtocol, getRequestWebStream, getResponseHeader, parseCookies, setCookie, setResponseHeader } from 'h3'

export const useRuntimeConfig = () => ({ app: { baseURL: '/', buildAssetsDir: '/_nuxt/' }, auth: {} })
export const respond = async (_event: object, { status, headers, body }: Response, own: Record<string, string>) => {
  const all = new Headers(headers)
  for (const [name, value] of Object.entries(own)) all.set(name, value)
  return new Response(body, { status, headers: all })
}
export const getRouteRules = () => ({})

/** What the next request finds mounted as `auth`. */
export const storage: { current: Storage } = { current: createStorage() }
export const useStorage = () => storage.current
