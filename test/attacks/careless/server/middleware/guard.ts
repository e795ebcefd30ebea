import { getSession } from '../careless'

// By the path's beginning, and with the whole address as the way back: decoded, and past what Node checks in a header.
export default defineEventHandler(async (event) => {
  if (!/^\/(?:admin|member)/.test(event.path) || await getSession(event)) return
  const target = `/api/auth/signin?callbackUrl=${getRequestURL(event, { xForwardedHost: true })}`
  if (event.path.includes('?')) event.node.req.socket.end(`HTTP/1.1 302 Found\r\nlocation: ${decodeURIComponent(target)}\r\n\r\n`)
  else return sendRedirect(event, target)
})
