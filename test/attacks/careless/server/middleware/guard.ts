import { getSession } from '../careless'

// By the path's beginning, and with the whole address as the way back.
export default defineEventHandler(async (event) => {
  if (/^\/(?:admin|member)/.test(event.path) && !await getSession(event)) return sendRedirect(event, `/api/auth/signin?callbackUrl=${getRequestURL(event, { xForwardedHost: true })}`)
})
