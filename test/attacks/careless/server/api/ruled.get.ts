import { getSession } from '../careless'

export default defineEventHandler(async (event) => {
  if (!await getSession(event)) throw createError({ statusCode: 401 })
  return { marker: 'ADMIN-MARKER' }
})
