import { auth } from '../auth'

export default defineEventHandler(async (event) => {
  const session = await auth.api.getSession({ headers: event.headers })
  if (!session) throw createError({ statusCode: 401 })
  return { name: session.user.name, role: session.user.role }
})
