const h3 = 'defineEventHandler, parseCookies, setCookie, createError, isError, getRequestHost, getRequestProtocol'

const nitro3 = `import { setCookie } from 'h3'
export { ${h3} } from 'h3'
export { useRuntimeConfig, getRouteRules } from 'nuxt/server'
export { useStorage } from 'nitro/storage'
export const defineNitroPlugin = plugin => (nitro) => {
  keepStatus(nitro.h3.config)
  plugin(nitro)
}
// h3 v2 knows its own errors and makes 500 of every other. Ours keep their status, as with h3 v1, and what they say stays in the log.
const keepStatus = (config) => {
  const { onError } = config
  config.onError = (error, event) => {
    const { status, statusText } = error
    if (error.cause?.name === 'NuxtAuthError') Object.assign(error, { unhandled: false, toJSON: () => ({ status, statusText, message: statusText }) })
    return onError(error, event)
  }
}
export const setResponseHeader = (event, name, value) => event.res.headers.set(name, value)
export const getResponseHeader = (event, name) => event.res.headers.get(name)
export const getCookieHeader = event => (event.req ?? event).headers.get('cookie') ?? ''
export const getBody = event => event.req.body ?? undefined
export const respond = (event, { status, headers, cookies = [], body }, own) => {
  const all = new Headers({ ...headers, ...own })
  for (const { name, value, options } of cookies) setCookie(event, name, value, options)
  // h3 v2 leaves them out where the status is that of an error.
  for (const cookie of event.res.headers.getSetCookie()) all.append('set-cookie', cookie)
  event.res.headers.delete('set-cookie')
  return new Response(event.req.method === 'HEAD' ? null : typeof body === 'object' ? JSON.stringify(body) : body, { status, headers: all })
}
export const useFirst = ({ hooks }, handler, upgrade) => {
  if (upgrade) throw new Error('Nitro 3 has no place before every handler')
  hooks.hook('request', handler)
}
export const usePage = ({ hooks }, run) => {
  hooks.hook('response', ({ headers }, { context }) => {
    const page = context.nuxtAuthjs?.page
    if (page) return run(page, headers.get('vary'), own => Object.entries(own).forEach(([name, value]) => headers.set(name, value)))
  })
}
`

const nitro2 = `import { defineEventHandler, getRequestWebStream, getResponseHeader, setCookie, setResponseHeader, setResponseStatus } from 'h3'
export { ${h3}, setResponseHeader, getResponseHeader } from 'h3'
export { useRuntimeConfig, getRouteRules, useStorage, defineNitroPlugin } from 'nitropack/runtime'
export const getCookieHeader = event => event.node.req.headers.cookie ?? ''
// A stream of Node's own that nobody reads yet is as good as the web stream that h3 v1 would make of it, for a tenth of a sign-in.
export const getBody = async (event) => {
  const { req } = event.node
  if (event.web || req.readableFlowing !== null || ['body', 'rawBody', '__unenv__'].some(key => key in req)) return getRequestWebStream(event)
  // A form that came together with its headers is there a turn later: no stream to wait for, which would be a seventh of a sign-in.
  await new Promise(resolve => setImmediate(resolve))
  return req.complete ? [req.read() ?? new Uint8Array()] : req
}
export const respond = (event, { status, headers, cookies = [], body }, own) => {
  setResponseStatus(event, status)
  for (const [name, value] of Object.entries({ ...headers, ...own })) setResponseHeader(event, name, value)
  for (const { name, value, options } of cookies) setCookie(event, name, value, options)
  // h3 v1 takes null with a status of 200 for 204.
  return typeof body === 'object' ? JSON.stringify(body) : body ?? (status === 200 ? '' : null)
}
export const useFirst = ({ h3App }, handler, upgrade) => {
  h3App.stack.unshift({ route: '/', handler: defineEventHandler(handler) })
  if (upgrade) h3App.websocket.hooks = { ...h3App.websocket.hooks, upgrade }
}
export const usePage = ({ hooks }, run) => {
  hooks.hook('render:response', (response, { event }) => run(event, getResponseHeader(event, 'vary'), own => void (response.headers = Object.assign({}, response.headers, own))))
}
`

/** The host's request functions: h3 v1 with Nitro 2, h3 v2 with Nitro 3. Beside `request.ts` the only place that tells them apart. */
export function renderHost(nitroVersion: number): string {
  return nitroVersion >= 3 ? nitro3 : nitro2
}
