import { getSession } from '../careless'

// For every page, in the context: there a page that is stored finds it as well.
export default defineEventHandler(async (event) => {
  if (!event.path.startsWith('/api/')) event.context.session = await getSession(event)
})
