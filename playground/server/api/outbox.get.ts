import { outbox } from '../outbox'

/** Only in development: anybody who reads these links can sign in with them. */
export default defineEventHandler(() => {
  if (!import.meta.dev) throw createError({ statusCode: 404 })
  return outbox
})
