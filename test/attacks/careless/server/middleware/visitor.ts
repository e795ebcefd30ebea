import { getSession } from '../careless'

// Stores the session in the context for every page, where a cached page finds it as well.
export default defineEventHandler(async (event) => {
  if (!event.path.startsWith('/api/')) event.context.session = await getSession(event)
})
