import { outbox } from '../outbox'

/** Links that sign somebody in are for one reader's mailbox. This is one for everybody, and in development only. */
export default defineEventHandler(() => {
  if (!import.meta.dev) throw createError({ statusCode: 404 })
  return outbox
})
