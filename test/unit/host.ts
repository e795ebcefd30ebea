export { createError, defineEventHandler, isError, getRequestHost, getRequestProtocol, getRequestWebStream, getResponseHeader, parseCookies, setCookie, setResponseHeader } from 'h3'

export const useRuntimeConfig = () => ({ app: { baseURL: '/', buildAssetsDir: '/_nuxt/' }, auth: {}, public: { auth: { basePath: '/api/auth', protect: false, redirect: { signIn: '', home: '/' } } } })
export const getRouteRules = () => ({})
