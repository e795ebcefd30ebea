import { getServerSession } from '#auth'
import { authOptions } from '../options'

export default defineEventHandler(async (event) => {
  const session = await getServerSession(event, authOptions)
  if (!session) throw createError({ statusCode: 401 })
  return { name: session.user?.name, role: session.role }
})
