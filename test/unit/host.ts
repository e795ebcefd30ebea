import { createStorage } from 'unstorage'
import type { Storage } from 'unstorage'

export { createError, defineEventHandler, isError, getRequestHost, getRequestProtocol, getRequestWebStream, getResponseHeader, parseCookies, setCookie, setResponseHeader } from 'h3'

export const useRuntimeConfig = () => ({ app: { baseURL: '/', buildAssetsDir: '/_nuxt/' }, auth: {} })
export const respond = async (_event: object, response: Response) => response
export const getRouteRules = () => ({})

/** What the next request finds mounted as `auth`. */
export const storage: { current: Storage } = { current: createStorage() }
export const useStorage = () => storage.current
