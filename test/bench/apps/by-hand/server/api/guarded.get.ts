import { getSession } from '../auth'

export default defineEventHandler(async (event) => {
  const session = await getSession(event)
  if (!session) throw createError({ statusCode: 401 })
  return { name: session.user.name, role: session.role }
})
