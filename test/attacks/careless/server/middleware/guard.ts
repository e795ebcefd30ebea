import { getSession } from '../careless'

// Checks only the prefix of the path, and returns to the full URL: decoded, and without Node's header validation.
export default defineEventHandler(async (event) => {
  if (!/^\/(?:admin|member)/.test(event.path) || await getSession(event)) return
  const target = `/api/auth/signin?callbackUrl=${getRequestURL(event, { xForwardedHost: true })}`
  if (event.path.includes('?')) event.node.req.socket.end(`HTTP/1.1 302 Found\r\nlocation: ${decodeURIComponent(target)}\r\n\r\n`)
  else return sendRedirect(event, target)
})
